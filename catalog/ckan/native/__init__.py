"""A real CKAN with PostgreSQL, Redis and Solr as plain processes on 127.0.0.1, without containers. Linux only.

    portal     up, down, standing: the order of things
    place      what lies where; files that only we may read
    state      ports, address, keys: chosen once and kept
    tools      finding and installing PostgreSQL, Redis, Java, Maven
    build      the environment, our plugin, the jars, Solr's home, ckan.ini
    postgres   the cluster, its roles and databases
    services   the five services: their commands, and when they are ready
    processes  starting, watching and stopping; a process is ours by its pid and its time of birth
    commands   one command to its end; what a log shows of a failure

Not here: what the portal is made of (`catalog/ckan/portal`), what it must hold (`catalog/ckan/bootstrap.py`), the environment
and the clock (`dagster_project`): both come in as values.
"""
