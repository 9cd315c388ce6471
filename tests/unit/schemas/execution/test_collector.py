"""The garbage collector is paused for a block, and is as before afterwards."""

import gc
from contextlib import suppress

from schemas.execution.collector import pause_collector


def test_the_collector_is_on_again_after_a_block_that_failed():
    with suppress(LookupError), pause_collector():
        assert not gc.isenabled()
        raise LookupError
    assert gc.isenabled()


def test_a_block_within_another_leaves_the_collector_off_until_the_outer_one_ends():
    with pause_collector():
        with pause_collector():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
