"""The base of models whose values nobody changes. Not here: the models."""

from pydantic import BaseModel, ConfigDict


class FrozenModel(BaseModel):
    """A frozen model that refuses keys it does not know.

    Its validator is made at the first use, not at import: a command needs few of the models, and one that holds others builds them too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
