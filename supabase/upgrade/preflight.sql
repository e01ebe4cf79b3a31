-- ---- the report --------------------------------------------------------------------------------

do $$
begin
  if pg_temp.is_first_version() then
    perform pg_temp.plan_rows();
  end if;
end
$$;

select s.name as "case", s.affected as rows, s.outcome as what_will_happen,
  array_to_string(s.ids[1:10], ', ') as first_ten
from pg_temp.summary() s
where (s.place = 0) = not pg_temp.is_first_version() and (s.place < 10 or s.affected > 0)
order by s.place;
