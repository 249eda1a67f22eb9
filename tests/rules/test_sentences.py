"""Sentences as publishers write them: whole ones raise nothing, each slip is named by its rule."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from dagster_project.reconciliation.run import reconcile
from dagster_project.records import DocumentRecord, ParsedDocument, PassageRecord
from dagster_project.staging import insert_parsed
from expectations.model import Mentions, Said
from expectations.rules import load_rules
from tests.rules.laying import lay_statement

RULES = [r for r in load_rules() if any(isinstance(check, Mentions | Said) for check in r.checks)]

WHOLE = {
    "budget": (
        "2024年,本单位预算总收入1286.40万元,较上年增加96.10万元,增长8.07%,主要原因是新增馆舍维修项目。",
        "2024年度本部门收入预算为1,286.40万元,其中一般公共预算拨款1,200.00万元。",
        "与2023年预算数相比,支出预算增加36.20万元,增长2.90%,主要是人员正常晋级增资。",
        "2024年因公出国(境)经费预算0.00万元,与2023年持平,无因公出国(境)安排。",
        "公务用车运行维护费2024年预算数3.60万元,比2023年预算数减少0.40万元,下降10.00%,主要原因是严格控制用车。",
        "截至2023年12月31日,本单位共有车辆3辆,其中一般公务用车2辆、其他用车1辆。",
        "2023年年末固定资产总额为560.12万元。",
        "该项目为延续性项目,实施周期为2022年1月至2025年12月,2024年安排资金80.00万元。",
        "根据《示例市数字档案馆建设规划(2023—2026年)》,2025年前完成馆藏数字化。",
        "预计2025年完成竣工验收,总投资2,300.00万元。",
        "根据2018年修订的相关办法,培训费按每人每天400元以内控制。",
        "按照国发〔2015〕35号文件要求,2016年起部门预决算公开到项级科目。",
        "2024年部门预算中,政府采购预算120.00万元,其中:货物40.00万元,服务80.00万元。",
        "2022年决算数为1,180.30万元,2023年预算数为1,190.30万元,2024年预算数为1,286.40万元。",
        "机关运行经费2024年预算96.00万元,较2023年增加2.10万元,增长2.24%,主要原因是办公用房物业费调整。",
        "本部门2024年没有政府性基金预算拨款安排的支出。",
        "2024年本部门未安排国有资本经营预算支出,与2023年相同。",
        "2024年,实行绩效目标管理的项目6个,涉及一般公共预算当年拨款230.00万元。",
        "2023年末实有在职人员48人,较上年减少1人。",
        "“十四五”期间(2021年至2025年)累计安排1,500.00万元用于档案库房建设。",
        "会议费预算2.00万元,与上年预算基本持平(上年1.98万元)。",
        "公务接待费预算1.50万元,较上年减少0.10万元,主要原因:厉行节约,压减接待。",
        "一般公共预算支出1,200.00万元,比2023年执行数增加45.00万元,增长3.90%。",
        "比2022年决算数减少12.00万元,下降0.99%。",
        "其他支出0.00万元,占0.00%。",
        "2023年公务接待12批次、96人次,接待批次较上年减少3个。",
        "项目申请单位根据实施情况调整方案,报市财政部门备案。",
        "各级政府部门(单位)按规定公开预算。",
        "示例市档案馆2024年预算收入1,286.40万元,馆本级与所属单位合并编报。",
        "市档案馆2024年支出预算1,286.40万元。",
        "示例市财政局2024年印发的预算编制通知对项目库建设提出要求。",
        "截至2023年8月31日,本单位共有车辆3辆。",
        "截至2022年底,累计修复档案4万卷,使用专用设备5台。",
        "2024年因公出国(境)团组1个,计划出访3人次,参加其他单位组织的团组2人。",
        "办公费预算3.00万元,比上年增加0.20万元,主要原因是在职人员变动。",
        "印刷费预算1.00万元,比上年减少0.20万元,主要原因是在职人员变动。",
        "一、项目名称。",
    ),
    "final": (
        "2024年度收入总计1,402.55万元,与2023年度相比增加102.55万元,增长7.89%。",
        "2024年度“三公”经费支出决算为6.20万元,完成预算的88.57%,比2023年度减少0.80万元,下降11.43%。",
        "决算数小于预算数的主要原因是严格执行厉行节约的规定。",
        "年初结转和结余35.00万元,主要是2023年结转的项目资金。",
        "2024年度机关运行经费支出92.10万元,比年初预算数减少3.90万元,降低4.06%。",
        "截至2024年12月31日,共有车辆4辆。",
        "采购合同中给中小企业的有80.00万元,占采购总额的66.67%。",
        "一般公共预算方面,2024年度支出1,180.20万元,占全部支出的93.20%,与2023年度决算数相比增加30.20万元,增长2.63%。",
        "一般公共预算财政拨款年初安排1,200.00万元,2024年实际支出1,180.20万元,预算完成率98.35%。",
        "国内公务接待12批次、96人次,人均78元。",
        "本年度预算绩效管理中,对2024年度5个项目开展绩效自评,涉及资金210.00万元,平均得分96.40分。",
        "2024年公务用车购置0辆,公务用车保有量4辆。",
        "与上年持平,变动0.00万元。",
        "年末结转和结余20.00万元,结转到2025年继续使用。",
        "该项资金20.00万元将于2025年支付。",
        "质保金在2025年第一季度付清,共8.00万元。",
        "上年决算数为7.00万元,本年决算数为6.20万元,减少0.80万元。",
        "本表列出本馆全年政府性基金的收支和结余。",
        "2024年度因公出国(境)团组0个,累计0人次;公务用车购置0辆,保有量4辆。",
        "公务用车保有量为4台,国内公务接待批次12个,接待人次96人。",
        "决算支出1,402.55万元,较2023年决算数990.00万元增加412.55万元,增长41.67%。",
        "上年决算数为7.00万元,本年决算数为6.20万元,减少0.80万元。",
        "示例市档案馆(本级)2024年度支出总计1,402.55万元。",
        "截至2024年12月31日,固定资产原值3,210.00万元,较截至2023年12月31日的资产总额增加60.00万元。",
    ),
}
SLIPS = (
    ("budget", "公务接待费预算1.50万元,较上年增加(减少)0.10万元。", "X-COMP-08"),
    ("budget", "我单位XX年收入预算为1,286.40万元。", "X-COMP-08"),
    ("budget", "收入预算1,286.40万元,比上年增长XX%。", "X-COMP-08"),
    ("budget", "三公经费预算5.00万元,比2023年预算减少0.40万元,主要原因是。", "X-NAR-25"),
    ("budget", "公务接待费预算1.50万元,与上年持平,减少0.20万元。", "X-NAR-10"),
    ("budget", "会议费预算2.00万元,较上年增加0.30万元,与上年持平。", "X-NAR-10"),
    ("budget", "2024年预算数为3.00万元,比2023年预算数4.00万元增加1.00万元。", "X-NAR-27"),
    ("final", "2024年度收入总计1,402.55万元,比2024年度决算增加102.55万元。", "X-NAR-23"),
    ("final", "2026年度一般公共预算支出决算10.00万元。", "X-NAR-23"),
    ("final", "截至2022年12月31日,共有车辆4辆。", "X-PLA-13"),
    ("budget", "(注:请各单位根据实际情况填写,如无则删除)", "X-COMP-08"),
    ("budget", "一般公共服务支出XXX万元,占XX%。", "X-COMP-08"),
    ("budget", "基本支出____万元,项目支出____万元。", "X-COMP-08"),
    ("final", "与年初预算相比持平,增加3.20万元。", "X-NAR-10"),
    ("final", "决算数大于(小于)预算数的主要原因是人员变动。", "X-COMP-08"),
    ("budget", "××单位2024年部门预算收入10.00万元。", "X-COMP-08"),
    ("final", "某某局2024年度收入10.00万元。", "X-COMP-08"),
    ("final", "公务接待费0.30万元,占%,比上年减少万元。", "X-COMP-08"),
    ("final", "因公出国(境)团组个,累计0人次。", "X-COMP-08"),
    ("final", "全年安排因公出国(境)团组2辆,累计4人次。", "X-COMP-08"),
    ("final", "执法执勤用车3个,其他用车0辆。", "X-COMP-08"),
    ("final", "示例市档案馆部门(单位)共有车辆2辆。", "X-COMP-08"),
    ("final", "(以上名词解释请结合本馆收入情况进行说明)", "X-COMP-08"),
    ("final", "二、重点工作事项标题", "X-COMP-08"),
    ("budget", "截至2021年8月31日,共有车辆4辆。", "X-PLA-13"),
    ("final", "决算支出12.00万元,较2023年决算数10.00万元增长12.00%。", "X-NAR-27"),
)


def document(name: str, kind: str, sentences: tuple[str, ...]) -> ParsedDocument:
    record = DocumentRecord(name, f"{name}.txt", name, kind, 2024, "示例市档案馆", "department")
    parsed = ParsedDocument(record)
    parsed.statements.append(lay_statement(record, 99, ["staff.total.count", "12", "persons"]))
    for number, text in enumerate(sentences):
        place = (f"{name}:p{number}", name, f"{name}.txt", number, "sentence", None, None, text)
        parsed.passages.append(PassageRecord(*place))
    return parsed


@pytest.fixture(scope="module")
def broken() -> dict[str, set[str]]:
    """Document → the rules that fail there: one document of whole sentences a kind, one a slip."""
    documents = [document(kind, kind, sentences) for kind, sentences in WHOLE.items()]
    documents += [document(sentence, kind, (sentence,)) for kind, sentence, _ in SLIPS]
    connection = duckdb.connect()
    insert_parsed(connection, documents, load_id="x", loaded_at=datetime(2024, 1, 1))
    reconcile(connection, rules=RULES)
    found: dict[str, set[str]] = {each.document.document_id: set() for each in documents}
    for document_id, rule_id in connection.execute(
        "SELECT document_id, rule_id FROM reconciliation.finding"
    ).fetchall():
        found[document_id].add(rule_id)
    return found


@pytest.mark.parametrize("kind", WHOLE)
def test_sentences_of_a_finished_text_raise_nothing(kind: str, broken: dict[str, set[str]]) -> None:
    assert broken[kind] == set()


@pytest.mark.parametrize(("kind", "sentence", "rule"), SLIPS, ids=[sentence for _, sentence, _ in SLIPS])
def test_a_slip_of_the_text_is_named(
    kind: str, sentence: str, rule: str, broken: dict[str, set[str]]
) -> None:
    assert broken[sentence] == {rule}
