"""What reports need on disk: bytes a report of each table and of its indexes."""

import psycopg

from benchmarks.figures import Figure
from benchmarks.part import Size
from benchmarks.two_sizes import TwoSizes


async def disk(sizes: TwoSizes, _size: Size) -> list[Figure]:
    """The largest relations of the large stack, and all of them."""
    async with await psycopg.AsyncConnection.connect(sizes.large.dsn) as connection:
        relations = await (await connection.execute(_SIZES)).fetchall()
    figures = [
        Figure(f"{name}, {size / 1e9:.2f} GB", "bytes a report", each, each)
        for name, size in relations
        if (each := size / sizes.many) >= _WORTH_A_LINE
    ]
    whole = sum(size for _, size in relations)
    each = whole / sizes.many
    return [*figures, Figure(f"altogether, {whole / 1e9:.2f} GB", "bytes a report", each, each)]


_WORTH_A_LINE = 8
_SIZES = """
SELECT CASE c.relkind WHEN 'i' THEN 'index ' ELSE 'table ' END || c.relname,
    pg_relation_size(c.oid) + CASE WHEN c.reltoastrelid <> 0
        THEN pg_total_relation_size(c.reltoastrelid) ELSE 0 END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('lifecycle', 'intake', 'routing', 'followup', 'reporting')
  AND c.relkind IN ('r', 'i')
ORDER BY 2 DESC
"""
