"""What a thread of a test does with its database connection when it ends."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def let_go():
    """Close this thread's connection for good.

    Django leaves one to SQLite in memory open. Collected later, while another connection computes a date in Python, it would wait for
    a lock that its own thread holds: the test run stands still.
    """
    if connection.connection is not None:
        connection.connection.close()
    connection.close()


def off_the_loop(work):
    """What `work()` returns: a query while the browser's event loop holds this thread."""

    def run():
        try:
            return work()
        finally:
            let_go()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()
