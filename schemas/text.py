"""A sentence in both languages of the house. Not here: the sentences themselves, which stay beside what they speak of."""

from pydantic import BaseModel, ConfigDict


class Text(BaseModel):
    """The same thing said in Chinese and in English; both are written by people, neither is optional."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str
    en: str

    def fill_placeholders(self, **values: object) -> "Text":
        """Both sentences with their `{placeholders}` filled; a placeholder without a value raises KeyError."""
        return Text(zh=self.zh.format(**values), en=self.en.format(**values))
