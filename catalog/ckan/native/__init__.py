"""Runs a real CKAN with PostgreSQL, Redis and Solr as plain processes on 127.0.0.1, without containers. Linux only.

    lifecycle      start, stop, status: the order of the steps
    paths          where each file is; files that only we may read
    state          ports, address, keys: chosen once and kept
    prerequisites  finding and installing PostgreSQL, Redis, Java, Maven
    build          the environment, our plugin, the jars, Solr's home, ckan.ini
    postgres       the cluster, its roles and databases
    services       the five services: their commands, and when they are ready
    processes      starting, watching and stopping; a process is ours by its pid and its start time
    commands       runs one command to its end; the log excerpt of a failure
    removal        deletes a portal with its data

Not here: the portal's parts (`catalog/ckan/portal`), its initial content (`catalog/ckan/bootstrap.py`), the environment
and the clock (`dagster_project`): both are passed in as values.
"""
