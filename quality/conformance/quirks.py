"""Where frictionless 5.21 breaks instead of judging, and what we make of it: a type error.

Two texts from outside can stop it: a signalling NaN in a number that is compared or keyed (Decimal refuses both), and a
time with a zone against a bound without one. Descriptors of a wrong shape stop it in more ways; `BREAKS` names them all.
Not here: verdicts that merely surprise; those are kept as they are.
"""

import re
from collections.abc import Callable

from frictionless import Field

NEVER_A_VALUE = "\0"
"""A text that no number and no time can be read from."""
BREAKS = (TypeError, AttributeError, ValueError, LookupError, ArithmeticError, re.error)
"""What frictionless raises, besides its own exception, over a descriptor or a value that it did not foresee."""


def stops_frictionless(field: Field, read: Callable[[str], tuple[object, object]], text: str) -> bool:
    """Whether frictionless cannot judge that text of the field, or cannot look up its value among keys."""
    if field.type == "number":
        if "snan" not in text.lower():
            return False
    elif field.type not in {"datetime", "time"} or not any("imum" in name for name in field.constraints):
        return False
    try:
        value, _ = read(text)
        hash(value)
    except (TypeError, ArithmeticError):
        return True
    return False
