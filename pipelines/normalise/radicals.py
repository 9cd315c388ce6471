"""Radicals and compatibility ideographs, which text copied from a PDF holds in place of the characters it shows.

A search for 大连 does not find `⼤连`, which looks the same. Only the blocks of `LOOKALIKES` are rewritten; NFKC of a whole text
would also change `①`, `㎡` and full-width punctuation, which people write on purpose. Not here: full-width forms (`blanks`).

Sources: Unicode 14, UnicodeData.txt (Kangxi Radicals, CJK Compatibility Ideographs and their supplement) and
EquivalentUnifiedIdeograph.txt (CJK Radicals Supplement, which has no other mapping).
"""

import unicodedata

_SUPPLEMENT = (
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
)
_MAPPED_BLOCKS = ((0x2F00, 0x2FD5), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))
LOOKALIKES = "\u2e80-\u2ef3\u2f00-\u2fd5\uf900-\ufaff\U0002f800-\U0002fa1f"
"""The blocks that are rewritten, as the inside of a regex character class."""
_UNIFIED = str.maketrans(*_SUPPLEMENT) | {
    code: unicodedata.normalize("NFKC", chr(code)) for first, last in _MAPPED_BLOCKS for code in range(first, last + 1)
}


def unify_radicals(cell: str) -> str:
    """Returns the cell with every radical and compatibility ideograph as the ordinary character of the same shape."""
    return cell.translate(_UNIFIED)
