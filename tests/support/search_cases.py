"""What a Chinese (and English) search must find: two corpora and the queries put to them.

The queries were written before anything was tuned, but for five (篮球场, 健身房, swimming pools, 马拉松, marathons) and what 体育馆 must
find of ours: those came when strangers' words had found nothing among the sample datasets. Datasets of ours that came later are asked
for where a query is about them: licences, penalties, results, lottery sales, the sports industry.

Corpus (a) is our own contracts' real titles, descriptions and keywords; corpus (b) are invented datasets of a province's
offices, among them near misses (图书馆, 博物馆). Here: the cases and the way to count their errors. Not here: a portal.
"""

from dataclasses import dataclass, field

from catalog.pages import FOLDER, read_texts
from schemas.contract import read_contracts
from schemas.departments import read_departments

INVENTED = """
facility|sports|facility|体育场馆,场地|省体育馆|省本级体育馆的基本情况、面积、座位数与联系方式。
gym-open-hours|shenyang|facility|体育场馆,开放时间|沈阳市体育馆开放时间|沈阳市各体育馆免费或低收费开放时段。
stadium-list|sports|facility|体育场馆,场地|全省体育场名录|体育场、田径场名录，含地址与经纬度。
venue-survey|sports|facility|场地普查|第六次体育场地普查汇总|按地市汇总的体育场地数量与面积。
fitness-path|dalian|facility|健身路径,全民健身|大连市全民健身路径分布|社区健身器材与健身路径点位。
pool|shenyang|facility|游泳场所|沈阳市游泳场所卫生监督信息|游泳馆、游泳池的水质检测结果。
ski|sports|facility|冰雪运动|滑雪场名录|全省滑雪场与冰雪场地。
football-field|dalian|facility|足球|大连市足球场地建设情况|社会足球场地建设数量。
greenway|anshan|facility|健身步道|鞍山市健身步道|健身步道、登山步道里程。
school-open|education|facility|学校,开放|学校体育设施向社会开放名单|中小学体育设施开放学校名单与时间。
event-calendar|sports|event|赛事|2026年全省体育赛事日历|全年体育竞赛计划。
marathon|dalian|event|马拉松,赛事|大连马拉松参赛人数统计|历年马拉松报名、完赛人数。
games-result|sports|event|省运会,成绩|辽宁省运动会成绩公告|省运会各项目名次。
youth-champ|sports|event|青少年,赛事|青少年锦标赛成绩|青少年田径、游泳、篮球锦标赛成绩。
event-permit|shenyang|event|行政许可|大型体育赛事活动行政许可信息|举办体育赛事活动的许可。
coach|sports|people|教练员|教练员注册信息|各项目教练员等级与注册单位（脱敏）。
referee|sports|people|裁判员|裁判员等级称号授予名单|国家级、一级、二级裁判员。
athlete|sports|people|运动员|运动员技术等级称号公示|运动健将、一级运动员。
instructor|sports|people|社会体育指导员|社会体育指导员人数|各地社会体育指导员数量。
lifeguard|shenyang|people|救生员|游泳救生员资格证书查询|持证救生员统计。
lottery-sales|lottery|finance|体育彩票|体育彩票销售额月报|各市体育彩票销量与公益金。
lottery-shop|lottery|finance|体育彩票|体育彩票网点|体彩销售网点位置。
fund|sports|finance|公益金|体育彩票公益金使用情况公告|公益金资助项目与金额。
budget|sports|finance|预算|省体育局部门预算|年度部门预算公开。
subsidy|sports|finance|补助|大型体育场馆免费低收费开放补助资金|中央补助资金分配。
industry|stats|industry|体育产业|体育产业总规模与增加值|全省体育产业统计。
company|stats|industry|体育企业|体育企业名录|体育用品、体育服务企业。
base|sports|industry|示范基地|国家体育产业示范基地名单|示范基地、示范单位、示范项目。
gym-club|shenyang|industry|健身房|沈阳市健身俱乐部预付费备案|健身房预付卡备案信息。
club-assoc|sports|organisation|体育协会|省级体育社会组织名单|单项体育协会、民办非企业。
school-trad|education|organisation|体育传统学校|体育传统特色学校名单|特色学校项目布局。
fitness-std|sports|health|国民体质|国民体质监测数据|各年龄段体质合格率。
student-fit|education|health|学生体质|学生体质健康标准测试结果|中小学生体质健康优良率。
station|shenyang|health|体质监测|体质监测站点|免费体质测试站点地址与服务时间。
doping|sports|health|反兴奋剂|反兴奋剂检查数量|兴奋剂检查例数统计。
highrisk|sports|safety|高危险性项目|高危险性体育项目经营许可|游泳、滑雪、潜水、攀岩经营许可。
accident|sports|safety|安全|体育场所安全检查记录|安全隐患排查与整改。
penalty|sports|safety|行政处罚|行政处罚信息公示|体育行政处罚决定。
facilities-en|sports|facility|facility,English|Sports facilities of Liaoning 2026|All public sports facility locations, opening hours and accessibility. Machine readable.
events-en|sports|event|event,English|Sporting events calendar|Upcoming competitions and registered runners.
museum|culture-dept|culture|博物馆|沈阳市博物馆名录|博物馆、纪念馆开放时间与票价。
library|culture-dept|culture|图书馆|省图书馆借阅统计|图书馆馆藏与借阅量。
""".strip().splitlines()
BUREAUS = {
    "sports": "辽宁省体育局", "shenyang": "沈阳市体育局", "dalian": "大连市体育局", "anshan": "鞍山市体育局", "education": "辽宁省教育厅",
    "lottery": "体育彩票管理中心", "stats": "辽宁省统计局", "culture-dept": "辽宁省文化和旅游厅",
}  # fmt: skip
THEMES = {
    "facility": "体育设施", "event": "赛事活动", "people": "体育人才", "finance": "资金与彩票", "industry": "体育产业",
    "organisation": "社会组织", "health": "体质健康", "safety": "安全与执法", "culture": "文化场馆",
}  # fmt: skip


@dataclass(frozen=True)
class Sought:
    """One dataset of the corpora. Key: `name`; ours begin with `own-`. `en` is (title, description) where there is English."""

    name: str
    organisation: str
    group: str
    tags: tuple[str, ...]
    title: str
    notes: str
    en: tuple[str, str] | None = None


@dataclass(frozen=True)
class Case:
    """One query: what it must find, may not find, and which names may stand first (empty: any)."""

    query: str
    must: frozenset[str]
    may_not: frozenset[str] = frozenset()
    first: frozenset[str] = frozenset()

    def errors(self, found: list[str]) -> list[str]:
        """What is wrong with this answer (names, best first), one line an error."""
        lacking = [f"{self.query}: lacks {name}" for name in sorted(self.must - set(found))]
        wrong = [f"{self.query}: should not find {name}" for name in sorted(self.may_not & set(found))]
        head = found[0] if found else "nothing"
        misplaced = [f"{self.query}: {head} stands first"] if self.first and head not in self.first else []
        return lacking + wrong + misplaced


@dataclass(frozen=True)
class Corpus:
    """Datasets with the titles of their organisations and groups: name to (Chinese, English or nothing)."""

    datasets: list[Sought]
    organisations: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    groups: dict[str, tuple[str, str | None]] = field(default_factory=dict)


def corpus() -> Corpus:
    """Both corpora as one portal would hold them."""
    words, units = read_texts(FOLDER / "texts.yaml"), read_departments()
    ours = [
        Sought(
            name="own-" + contract.name.replace("_", "-"),
            organisation="own-" + contract.policy.owner,
            group=f"own-{contract.policy.family}",
            tags=contract.keywords,
            title=contract.title.zh,
            notes=contract.description.zh,
            en=(contract.title.en, contract.description.en),
        )
        for contract in read_contracts().values()
    ]
    owners = {dataset.organisation for dataset in ours}
    families = {dataset.group for dataset in ours}
    return Corpus(
        datasets=[*(_invented(line) for line in INVENTED), *ours],
        organisations={name: (zh, None) for name, zh in BUREAUS.items()}
        | {f"own-{code}": (unit.zh, unit.en) for code, unit in units.items() if f"own-{code}" in owners},
        groups={name: (zh, None) for name, zh in THEMES.items()}
        | {name: (said.zh, said.en) for name in families for said in [words["family." + name.removeprefix("own-")]]},
    )


def _invented(line: str) -> Sought:
    name, organisation, group, tags, title, notes = line.split("|")
    return Sought(name, organisation, group, tuple(tags.split(",")), title, notes)


def _case(query: str, must: str = "", *, may_not: str = "", first: str = "") -> Case:
    return Case(query, *(frozenset(names.split()) for names in (must, may_not, first)))


CASES = [
    # halls and grounds: the word itself, not everything that says 体育 or 馆
    _case("体育馆", "facility gym-open-hours own-facility own-facility-opening", may_not="library lottery-sales museum own-lottery-fund own-budget-line", first="facility gym-open-hours"),
    _case("馆", "facility gym-open-hours library museum"),
    _case("沈阳体育馆", "gym-open-hours", may_not="library museum", first="gym-open-hours"),
    _case("沈阳 体育馆", "gym-open-hours", may_not="library museum referee", first="gym-open-hours"),
    _case("体育馆，沈阳", "gym-open-hours", may_not="library museum", first="gym-open-hours"),
    _case('"体育馆"', "facility gym-open-hours", may_not="library museum lottery-sales"),
    _case("体育场馆", "facility subsidy own-facility", may_not="library own-budget-line"),
    _case("体育场地", "venue-survey own-facility own-facility-opening", may_not="library museum lottery-sales", first="venue-survey own-facility own-facility-opening"),
    _case("全省体育场馆名录", "stadium-list", may_not="library", first="stadium-list"),
    _case("图书馆", "library", may_not="facility museum pool own-facility", first="library"),
    _case("博物馆 开放", "museum", may_not="library", first="museum"),
    _case("游泳馆", "pool", may_not="museum library", first="pool"),
    _case("足球场", "football-field", may_not="library", first="football-field"),
    _case("滑雪", "ski highrisk", first="ski"),
    _case("滑雪场", "ski", may_not="library", first="ski"),
    _case("馆 场"),
    _case("篮球场", "own-facility", may_not="library referee", first="own-facility"),
    _case("健身房", "gym-club own-facility", may_not="library", first="gym-club"),
    _case("swimming pools", "own-facility own-facility-opening", may_not="library own-budget-line"),
    # opening
    _case("场馆开放时间", "gym-open-hours own-facility-opening", may_not="library referee"),
    _case("开放时间", "gym-open-hours museum own-facility-opening", may_not="referee budget own-lottery-fund", first="gym-open-hours own-facility-opening"),
    _case("闭馆公告", "own-facility-opening", may_not="referee", first="own-facility-opening"),
    _case("免费低收费", "subsidy own-facility-opening", may_not="referee", first="subsidy own-facility-opening"),
    _case("大型体育场馆免费开放", "subsidy", first="subsidy"),
    _case("学校开放", "school-open", may_not="museum", first="school-open"),
    _case("哪里有免费游泳的地方", may_not="library"),
    _case("沈阳哪里可以游泳", "pool lifeguard", may_not="museum"),
    _case("沈阳体育馆几点开门", "gym-open-hours", may_not="library", first="gym-open-hours"),
    # fitness
    _case("健身步道", "greenway", may_not="library", first="greenway"),
    _case("健身器材", "own-fitness-equipment fitness-path", may_not="library referee", first="own-fitness-equipment"),
    _case("室外健身器材", "own-fitness-equipment", may_not="library greenway", first="own-fitness-equipment"),
    _case("全民健身路径", "fitness-path own-fitness-equipment", may_not="library", first="fitness-path"),
    _case("体质监测", "fitness-std station", may_not="library", first="fitness-std station"),
    _case("体质合格率", "fitness-std", may_not="library", first="fitness-std"),
    # events and permits
    _case("马拉松报名人数", "marathon", may_not="instructor library", first="marathon"),
    _case("体育赛事", "event-calendar event-permit own-event own-event-permit", may_not="library museum own-budget-line"),
    _case("赛事日历", "event-calendar own-event", may_not="library", first="event-calendar"),
    _case("高危险性体育赛事活动许可", "own-event-permit", may_not="library", first="own-event-permit"),
    _case("行政许可", "event-permit own-event-permit own-admin-licence", may_not="library", first="event-permit own-event-permit own-admin-licence"),
    _case("双公示", "own-event-permit own-admin-licence own-admin-penalty", may_not="library", first="own-event-permit own-admin-licence own-admin-penalty"),
    _case("行政处罚", "penalty", may_not="library", first="penalty"),
    _case("马拉松", "marathon own-event", may_not="library own-budget-line", first="marathon"),
    _case("marathons", "marathon own-event", may_not="library own-facility", first="marathon"),
    _case("省运会", "games-result", may_not="library", first="games-result"),
    _case("辽宁省运动会", "games-result", first="games-result"),
    # people
    _case("裁判", "referee", may_not="library", first="referee"),
    _case("运动员", "athlete", may_not="library", first="athlete"),
    _case("运动员成绩", may_not="library museum"),
    _case("游泳救生员", "lifeguard", may_not="library", first="lifeguard"),
    _case("法定代表人", "own-association", may_not="library referee", first="own-association"),
    # associations
    _case("体育社团", "own-association own-association-inspection", may_not="library", first="own-association own-association-inspection"),
    _case("社团年检", "own-association-inspection", may_not="library", first="own-association-inspection"),
    _case("年度检查", "own-association-inspection", may_not="library", first="own-association-inspection"),
    _case("社会组织", "club-assoc own-association", may_not="library", first="club-assoc own-association"),
    _case("体育协会", "club-assoc own-association", may_not="library museum"),
    _case("民办非企业", "club-assoc own-association own-association", may_not="library", first="club-assoc own-association"),
    # money
    _case("体育彩票销售", "lottery-sales lottery-shop", may_not="industry library", first="lottery-sales lottery-shop"),
    _case("体彩", "lottery-sales lottery-shop fund own-lottery-fund", may_not="library", first="lottery-sales lottery-shop fund own-lottery-fund"),
    _case("体彩公益金", "fund own-lottery-fund own-fitness-equipment", may_not="library", first="fund own-lottery-fund"),
    _case("公益金使用", "fund own-lottery-fund", may_not="library", first="fund own-lottery-fund"),
    _case("体育彩票公益金使用情况", "fund own-lottery-fund", may_not="library", first="fund own-lottery-fund"),
    _case("三公经费", "own-three-public-expenses", may_not="library", first="own-three-public-expenses"),
    _case("公务接待", "own-three-public-expenses", may_not="library", first="own-three-public-expenses"),
    _case("因公出国", "own-three-public-expenses", first="own-three-public-expenses"),
    _case("部门预算", "budget own-budget-line", may_not="library"),
    _case("预算决算", "own-budget-line", may_not="library", first="own-budget-line"),
    _case("决算", "own-budget-line own-three-public-expenses", may_not="budget library"),
    _case("引导资金", "own-guidance-fund-project", may_not="library", first="own-guidance-fund-project"),
    _case("体育产业", "industry base own-guidance-fund-project own-sports-industry", may_not="library", first="industry base own-guidance-fund-project own-sports-industry"),
    # who published it, and its subject
    _case("沈阳", "event-permit gym-club gym-open-hours lifeguard museum pool station", may_not="greenway marathon"),
    _case("沈阳市体育局", "event-permit gym-club gym-open-hours lifeguard pool station", may_not="museum"),
    _case("大连", "fitness-path football-field marathon", may_not="gym-open-hours"),
    _case("教育厅", "school-open school-trad student-fit", may_not="library"),
    _case("群众体育处", "own-facility own-event own-association own-fitness-equipment", may_not="library"),
    _case("体育人才", "coach referee athlete instructor lifeguard", may_not="library"),
    _case("场地设施", "own-facility own-facility-opening own-fitness-equipment", may_not="library"),
    # English, with stems, and both at once
    _case("facility", "facilities-en own-facility own-facility-opening"),
    _case("facilities", "facilities-en own-facility own-facility-opening"),
    _case("competition", "events-en own-event-result", first="events-en own-event-result"),
    _case("ｆａｃｉｌｉｔｙ", "facilities-en own-facility"),
    _case("sports association", "own-association own-association-inspection", may_not="library", first="own-association own-association-inspection"),
    _case("opening hours", "facilities-en own-facility-opening", may_not="library", first="facilities-en own-facility-opening"),
    _case("budget", "own-budget-line own-three-public-expenses", first="own-budget-line own-three-public-expenses"),
    _case("lottery", "own-lottery-fund own-lottery-sales", first="own-lottery-fund own-lottery-sales"),
    _case("permits", "own-event-permit own-event", first="own-event-permit"),
    _case("outdoor equipment", "own-fitness-equipment", first="own-fitness-equipment"),
    _case("official vehicles", "own-three-public-expenses", first="own-three-public-expenses"),
    _case("Mass Sports Division", "own-facility own-association own-event"),
    _case("体育 facility 2026", "facilities-en", may_not="library", first="facilities-en"),
    _case("体育场地 facilities", "own-facility", first="own-facility own-facility-opening"),
]  # fmt: skip
