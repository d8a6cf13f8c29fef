select date(placed_at) as day,
       count(*)        as orders,
       sum(amount)     as amount
from orders
where cancelled = 0
group by date(placed_at)
order by day;
