"""What a person has decided goes through a load: an accepted finding, a figure read by eye."""

from __future__ import annotations

import hashlib

import yaml
from places import Place


def test_an_accepted_finding_and_a_figure_read_by_eye_are_kept_with_their_reasons(copied: Place) -> None:
    finding_id, rule, form, key, stated, expected = copied.query(
        "select finding_id, rule_id, form, key, stated, expected from marts.fct_finding"
        " where document = '2024/library.txt' and severity = 'error' order by finding_id limit 1"
    )[0]
    waiver = {
        "document": "2024/library.txt",
        "rule": rule,
        "form": form,
        "key": key,
        "stated": str(stated),
        "expected": str(expected),
        "reason": "已书面说明",
        "name": "张三",
        "date": "2026-03-01",
    }
    (copied.raw / "waivers.yaml").write_text(yaml.safe_dump([waiver], allow_unicode=True), encoding="utf-8")
    corrected = copied.raw / "2024" / "档案馆.txt"
    sha256 = hashlib.sha256(corrected.read_bytes()).hexdigest()
    (copied.raw / "corrections.csv").write_text(
        "document,sha256,form,row,column,amount,reason,name,date\n"
        f"2024/档案馆.txt,{sha256[:16]},budget_expenditure,2012601,project,0.00,原件印有0.00,李四,2026-03-02\n",
        encoding="utf-8",
    )

    load = copied.gouji("load")

    assert load.returncode == 0, load.stderr
    assert "1 已豁免 waived" in load.stdout
    assert "已豁免 waived: 张三, 2026-03-01, 已书面说明" in copied.gouji("explain", finding_id).stdout
    assert copied.query(
        "select amount, verification from staging.cell join staging.document using (document_id)"
        ' where organisation = ? and fiscal_year = 2024 and code = ? and "column" = ?',
        "示例市档案馆",
        "2012601",
        "project",
    ) == [(0, "human")]
