"""A ticket csv as a province's ticket system would export it: 15 columns, Chinese heads, one row a ticket."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

HEADS = (
    "工单号 工单类型 处理方式 标题 分类 设备编号 设备类别 位置 优先级 状态 工程师 报障时间 响应时间 到场时间 解决时间"
)
EPOCH_2025 = 1_735_660_800  # 2025-01-01 00:00 in Asia/Shanghai


def _pick(random: np.random.Generator, words: list[str], rows: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(
        pa.array(random.integers(0, len(words), rows, dtype=np.int32)), pa.array(words)
    ).cast(pa.string())


def _local(seconds: np.ndarray[tuple[int], np.dtype[np.int64]], present: object = None) -> pa.Array:
    stamp = pa.array(seconds + 8 * 3600, mask=present).cast(pa.timestamp("s"))
    return pc.strftime(stamp, format="%Y-%m-%d %H:%M:%S")


def write_tickets(path: Path, rows: int, changed_share: float = 0.0) -> None:
    """Write ``rows`` tickets of 2025; a ``changed_share`` of them with another engineer."""
    random = np.random.default_rng(20250101)
    number = np.arange(rows)
    reported = EPOCH_2025 + np.sort(random.integers(0, 365 * 86_400, rows))
    responded = reported + random.integers(60, 1800, rows)
    arrived = responded + random.integers(300, 7200, rows)
    resolved = arrived + random.integers(600, 86_400, rows)
    remote = random.random(rows) < 0.4
    engineer = pc.binary_join_element_wise("工程师", pa.array(random.integers(1, 60, rows)).cast(pa.string()), "")
    if changed_share:
        other = pa.array(np.random.default_rng(7).random(rows) < changed_share)
        engineer = pc.if_else(other, "换人处理", engineer)
    title = pc.binary_join_element_wise(
        _pick(random, ["法庭", "办公室", "机房", "诉讼服务中心"], rows),
        _pick(random, ["音频无声", "显示器黑屏", "打印机卡纸", "网络不通", "系统无法登录"], rows),
        "",
    )
    asset = pc.binary_join_element_wise(
        "SB-", pc.utf8_lpad(pa.array(random.integers(1, 2001, rows)).cast(pa.string()), 5, "0"), ""
    )
    columns = [
        pc.binary_join_element_wise("GD", pc.utf8_lpad(pa.array(number).cast(pa.string()), 9, "0"), ""),
        _pick(random, ["故障", "故障", "服务请求"], rows),
        pc.if_else(pa.array(remote), "远程", "现场"),
        title,
        _pick(random, ["硬件", "软件", "网络", "其他"], rows),
        asset,
        _pick(random, ["数字法庭", "服务器", "网络设备", "桌面"], rows),
        _pick(random, ["一号楼", "二号楼", "三号楼"], rows),
        _pick(random, ["一级", "二级", "三级"], rows),
        _pick(random, ["已解决", "已关闭"], rows),
        engineer,
        _local(reported),
        _local(responded),
        _local(arrived, remote),
        _local(resolved, random.random(rows) < 0.01),
    ]
    pacsv.write_csv(pa.table(columns, names=HEADS.split()), path)
