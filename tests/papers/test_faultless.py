"""A long report in which everything is right: nothing may be called wrong, however its lines are broken."""

from __future__ import annotations

import pytest

from metrics.papers.verify import verify
from tests.papers.writing import found, of_text

REPORT = """\
某市中级人民法院2023年度信息化运维项目绩效自评报告
一、项目基本情况
（一）项目概况。项目服务期自2022年11月1日至2025年10月31日，合同金额468万元，分三年支付。
（二）资金情况。2023年项目年初预算156万元，其中设备维护100万元、系统维护56万元。截至2023年12月31日，实际支出140.58万元，预算执行率90.12%，结余15.42万元。
（三）绩效目标。硬件设备正常运作率≥95%，应用系统正常运作率不低于95%，及时解决率90%以上，平均到场时间不超过2小时30分钟。
二、绩效分析
1.产出情况。全年完成设备巡检7549次，服务器巡检1799次，庭审现场保障7239场次。共受理工单1250件，其中现场处理850件、远程处理400件，及时解决1215件，及时解决率97.2%。
2.质量情况。硬件设备正常运作率99.89%，平均到场时间26分钟，比上年缩短12%。2023年3月5日15时30分发生的网络中断在20分钟内恢复。
3.满意度情况。发放问卷200份，回收有效问卷187份，满意180份，满意度96.26%，问卷回收率93.5%。
三、评价结论
按照百分制计分，项目自评总分为98.01分，评价等级为“优”。其中：预算执行率（10分）得9.01分；产出指标（50分）得50分；效益指标（30分）得29分，扣1分的原因是部分设备老化；满意度指标（10分）得10分。
四、存在问题
（一）部分设备使用年限超过8年，故障率同比上升3.5%，占全部故障的45%。
（二）等级保护测评得分为82.5分，比上年提高5分。
五、下一步措施
2024年计划投入160万元，预计执行率达到95%。
"""


@pytest.mark.parametrize("width", [17, 34, 41, 10_000])
def test_nothing_is_wrong_with_it(width: int) -> None:
    lines = [line[at : at + width] for line in REPORT.splitlines() for at in range(0, len(line), width)]
    facts = verify(of_text("\n".join(lines)))
    assert (found(facts, "error"), found(facts, "note")) == ([], [])
    agreed = found(facts, "agrees")
    assert "得分合计写 98.01，各项相加 9.01 + 50 + 29 + 10 = 98.01，相符" in agreed
    assert "满意度写 96.26%，180 ÷ 187 = 96.2566…%，相符" in agreed
    assert "结余写 15.42万元，156 − 140.58 = 15.42，相符" in agreed
