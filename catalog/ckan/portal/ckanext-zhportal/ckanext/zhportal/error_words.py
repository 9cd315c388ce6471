"""What an error page says: the error in the reader's language, and what to do next. Data only; the page is a template."""

WORDS = {
    403: ("没有权限查看这个页面", "You may not see this page", "这个页面不对外公开。", "This page is not public."),
    404: (
        "没有这个页面",
        "There is no such page",
        "地址可能写错了，或者数据集改了名字。请搜索名称，或从首页进入。",
        "The address may be mistyped, or the dataset has another name now. Search for its title, or start from the front page.",
    ),
    410: (
        "这个数据集已停止开放",
        "This dataset was withdrawn",
        "请搜索接续的数据集。",
        "Search for the dataset that succeeds it.",
    ),
    500: (
        "服务器出错了",
        "The server failed",
        "这不是您的问题。请过几分钟再试；仍然不行，请告诉数据集页面上的联系人。",
        "This is not your doing. Try again in some minutes; if it stays, tell the contact that dataset pages name.",
    ),
}
OTHER = (
    "无法处理这个请求",
    "This request cannot be handled",
    "请检查地址，或从首页进入。",
    "Check the address, or start from the front page.",
)
LINKS = {
    "search": ("搜索数据集", "Search the datasets"),
    "find": ("搜索", "Search"),
    "home": ("首页", "Front page"),
    "all": ("全部数据集", "All datasets"),
}


def error_page_words(code: object, is_chinese: bool) -> dict[str, str]:
    """Returns `title` (with the status), `next` and the words of the links. A status without words of its own gets general ones."""
    status = int(code) if str(code).isdigit() else 0
    title_zh, title_en, next_zh, next_en = WORDS.get(status, OTHER)
    links = {key: zh if is_chinese else en for key, (zh, en) in LINKS.items()}
    title, advice = (title_zh, next_zh) if is_chinese else (title_en, next_en)
    return {"title": f"{title} ({status})" if status else title, "next": advice, **links}
