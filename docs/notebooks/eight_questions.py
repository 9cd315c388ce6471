"""The eight questions of docs/analysts.md with charts and a map: a marimo notebook that reads the analysts' file, read only.

    marimo edit docs/notebooks/eight_questions.py -- --file var/warehouse.duckdb

Its queries are those of docs/analysts.md. Not here: what is in the file.
"""

import marimo

app = marimo.App(width="medium", app_title="体育数据八问 · Eight questions")


@app.cell
def _():
    import re
    from pathlib import Path

    import altair as alt
    import duckdb
    import marimo as mo

    return Path, alt, duckdb, mo, re


@app.cell
def _(mo):
    file = mo.cli_args().get("file") or "var/warehouse.duckdb"
    return (file,)


@app.cell
def _(Path, duckdb, file, mo, re):
    document = (Path(mo.notebook_dir()).parent / "analysts.md").read_text(encoding="utf-8")
    questions = dict(re.findall(r"^### .+? · (.+?)$.*?```sql\n(.*?)```", document, re.MULTILINE | re.DOTALL))

    def ask(query):
        with duckdb.connect(str(file), read_only=True) as connection:
            return connection.execute(query).df()

    return ask, questions


@app.cell
def _(ask, mo):
    built = ask("select value from meta.build where name = 'built_at'")["value"][0]
    mo.md(f"# 体育数据八问 · Eight questions\n\n分析库生成于 {built} · the file was built then")


@app.cell
def _(alt, ask, questions):
    per_capita = ask(questions["各市人均体育场地面积"])
    per_capita_chart = (
        alt.Chart(per_capita, title="各市人均体育场地面积（㎡） · Square metres of sports ground per person")
        .mark_bar()
        .encode(x=alt.X("area_m2_per_person", title="㎡"), y=alt.Y("admin_name", sort="-x", title=None))
    )
    per_capita_chart
    return (per_capita_chart,)


@app.cell
def _(alt, ask, questions):
    growth = ask(questions["逐年变化"])
    growth_chart = (
        alt.Chart(growth, title="现有场地按建成年份累计 · Facilities of today by year of building")
        .mark_line(point=True)
        .encode(x=alt.X("built_year:O", title=None), y=alt.Y("of_todays", title="个"))
    )
    growth_chart
    return (growth_chart,)


@app.cell
def _(alt, ask, questions):
    as_of = ask(questions["截至某日的最新版本"])
    as_of_chart = (
        alt.Chart(as_of, title="截至某日各市场地数 · Facilities by city, as of a day")
        .mark_bar()
        .encode(x=alt.X("facilities", title="个"), y=alt.Y("city:N", title=None))
    )
    as_of_chart
    return (as_of_chart,)


@app.cell
def _(alt, ask, questions):
    permits = ask(questions["赛事与许可"])
    permits_chart = (
        alt.Chart(permits, title="赛事与许可 · Events and permits")
        .mark_bar()
        .encode(x=alt.X("count()", title="项"), y=alt.Y("link:N", title=None), color="held_within_permit:N")
    )
    permits_chart
    return (permits_chart,)


@app.cell
def _(alt, ask, questions):
    money = ask(questions["各市资金"]).melt(["city_name", "fiscal_year"], var_name="source", value_name="amount_cny")
    money_chart = (
        alt.Chart(money, title="各市资金（元），不同来源不要相加 · Money by city; do not add sources up")
        .mark_bar()
        .encode(
            x=alt.X("amount_cny", title="元"),
            y=alt.Y("city_name:N", title=None),
            row=alt.Row("source:N", title=None),
            color="fiscal_year:O",
        )
    )
    money_chart
    return (money_chart,)


@app.cell
def _(alt, ask, questions):
    overdue = ask(questions["逾期"])
    overdue_chart = (
        alt.Chart(overdue, title="逾期 · Overdue")
        .mark_bar()
        .encode(x=alt.X("overdue", title="项"), y=alt.Y("city:N", title=None), color="kind:N", tooltip="longest")
    )
    overdue_chart
    return (overdue_chart,)


@app.cell
def _(alt, ask, questions):
    changes = ask(questions["改了什么"])
    changes_chart = (
        alt.Chart(changes, title="各版本的改动 · Changes by release")
        .mark_bar()
        .encode(x=alt.X("sum(cells)", title="处"), y=alt.Y("release:N", title=None), color="change:N", tooltip="field")
    )
    changes_chart
    return (changes_chart,)


@app.cell
def _(alt, ask, mo, questions):
    pools = ask(questions["最近的游泳场馆"])
    places = ask("select facility_name, city_name, type_name, lon, lat from facility_labelled where lon is not null")
    map_chart = (
        alt.Chart(places, title="场地分布 · Where the facilities are")
        .mark_circle(size=12, opacity=0.6)
        .encode(longitude="lon:Q", latitude="lat:Q", color="city_name:N", tooltip=["facility_name", "type_name"])
        .project("mercator")
        .properties(width=600, height=450)
    )
    mo.vstack([pools, map_chart])
    return map_chart, pools


if __name__ == "__main__":
    app.run()
