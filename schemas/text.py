"""A text in Chinese and English. Not here: the texts themselves, which are kept where they are used."""

from typing import Annotated

from pydantic import AfterValidator

from schemas.frozen_model import FrozenModel


class Text(FrozenModel):
    """The same thing said in Chinese and in English; both are written by people, neither is optional."""

    zh: str
    en: str

    def fill_placeholders(self, **values: object) -> "Text":
        """Returns both texts with their `{placeholders}` filled; KeyError for a placeholder without a value."""
        return Text(zh=self.zh.format(**values), en=self.en.format(**values))


def _require_both_languages(text: Text) -> Text:
    if not (text.zh.strip() and text.en.strip()):
        raise ValueError("say it in Chinese and in English")
    return text


FilledText = Annotated[Text, AfterValidator(_require_both_languages)]
"""A text of which neither language is blank."""
