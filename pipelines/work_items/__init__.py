"""Work items: what people must do next, derived from ledger, lake and contracts whenever it is asked for; nothing is stored.

Start with `work_list.py`. Not here: telling anybody (mail, pages), or doing the work.
"""
