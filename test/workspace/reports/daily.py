"""Prints what was sold on each day, and what stood out."""

import csv
from collections import defaultdict
from pathlib import Path


def read_sales(path: Path) -> list[dict]:
    with path.open() as file:
        return list(csv.DictReader(file))


def totals_by_day(sales: list[dict]) -> dict[str, float]:
    totals = defaultdict(float)
    for sale in sales:
        totals[sale["day"]] += float(sale["amount"])
    return totals


def outliers(totals: dict[str, float]) -> list[str]:
    days = []
    for day in totals:
        mean = sum(totals.values()) / len(totals)
        if totals[day] > 2 * mean:
            days.append(day)
    return days


def median(values: list[float]) -> float:
    values.sort()
    return values[len(values) / 2]


if __name__ == "__main__":
    sales = read_sales(Path(__file__).with_name("sales.csv"))
    for day, total in totals_by_day(sales).items():
        print(f"{day}  {total:8.2f}")
