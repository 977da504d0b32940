"""What a red cell says: what the subject did and with what, the same in every run."""

from __future__ import annotations

import pytest

from conformance.messages import outward

JUDGED = "<conformance.judged.Judged object at 0x7fba10fb1190>"
LAMBDA = "<function Judged.__getattr__.<locals>.<lambda> at 0x7fba10cf3a60>"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (
            (
                "AssertionError: assert MISSING == 'value'\n"
                f" +  where MISSING = {LAMBDA}('0', MISSING)\n +    where {LAMBDA} = {JUDGED}.get\n"
                " +    and   '0' = str(0)\nwith {'number': 0}"
            ),
            "AssertionError: assert MISSING == 'value'\nwith {'number': 0}",
        ),
        (
            (
                f"assert 3 <= 2\n +  where 3 = len([0, 2, 3])\n +    where [0, 2, 3] = held({JUDGED}, range(0, 4))\n"
                " +      where range(0, 4) = range(4)\nwith {'before': 1}"
            ),
            "assert 3 <= 2\n +  where 3 = len([0, 2, 3])\nwith {'before': 1}",
        ),
        ("assert 'a' == 'b'\n +  where 'a' = Capabilities(ttl='none').ttl_zero", "assert 'a' == 'b'"),
        (
            (
                "AssertionError: (1, 2) was accepted\nFailing explicit example: test_what(\n"
                "    new_cache=<conformance.factory.NewCache object at 0x7f4b8c4bd1d0>,\n    value=(1,\n     2),\n"
                "    drawn=b'\\xf8\\x00',\n    units=1,\n)"
            ),
            "AssertionError: (1, 2) was accepted\nwith value=(1, 2), units=1",
        ),
        (
            (
                "AssertionError: step 4, get('b', MISSING): answered 1, the model MISSING\n"
                "Failing test case: test_any(\n"
                "    new_cache=<conformance.factory.NewCache object at 0x7f4b8c4bd1d0>,\n    drawn=b'\\xf8',\n)"
            ),
            "AssertionError: step 4, get('b', MISSING): answered 1, the model MISSING",
        ),
        ("assert [1] == [0]\n  \n  At index 0 diff: 1 != 0\n  Use -v to get more diff", None),
        ("OpenError: <their.Moment object at 0x7f4b8c4bd1d0> at 0x12", "OpenError: <their.Moment object> at 0x12"),
        ("the entry was gone 3.2 s early", "the entry was gone 3.2 s early"),
    ],
)
def test_the_insides_of_the_suite_stay_inside(told: str, shown: str | None) -> None:
    assert outward(told) == (shown or told.removesuffix("\n  Use -v to get more diff"))
