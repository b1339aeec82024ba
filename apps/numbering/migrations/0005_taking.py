"""The one place where a number is taken: the series row is locked, moved on, and the number registered, in one call.

A function of the database, because whoever hands in, objects or awards sees no register, and because a submission
can afford one statement for its number. It acts as the system for these statements alone.
"""

from django.db import migrations

TAKE = """
create function gf_take_number(
  of_kind text, of_word text, of_year int, keeper text, shared boolean, stem text, wanted int, what_for text,
  whose text, given_at timestamptz, given_by bigint, number_id text, series_id text
) returns text language plpgsql as $$
declare
  role_before text := coalesce(current_setting('gf.role', true), '');
  series numbering_numberseries%rowtype;
  taken int := wanted;
  written text;
begin
  perform set_config('gf.role', 'system', true);
  select * into series from numbering_numberseries
   where kind = of_kind and word = of_word and year = of_year for update;
  if not found then
    -- a rival may open it meanwhile: theirs stands, and is waited for
    insert into numbering_numberseries (public_id, kind, word, year, start, last, ahead, joint, district_id)
    values (series_id, of_kind, of_word, of_year, 1, 0, '{}', shared, keeper) on conflict do nothing;
    select * into strict series from numbering_numberseries
     where kind = of_kind and word = of_word and year = of_year for update;
  end if;
  if wanted is null then
    taken := series.last + 1;
    while taken = any (series.ahead) loop taken := taken + 1; end loop;
    series.last := taken;
  elsif wanted between series.start and series.last or wanted = any (series.ahead) then
    perform set_config('gf.role', role_before, true);
    return null;
  else
    series.ahead := series.ahead || wanted;
  end if;
  while series.last + 1 = any (series.ahead) loop series.last := series.last + 1; end loop;
  update numbering_numberseries set last = series.last,
         ahead = array(select number from unnest(series.ahead) number where number > series.last order by 1)
   where id = series.id;
  written := stem || lpad(taken::text, greatest(4, length(taken::text)), '0');
  insert into numbering_issuednumber
    (public_id, series_id, ordinal, text, purpose, district_id, issued_at, issued_by_id, void_reason)
  values (number_id, series.id, taken, written, what_for, whose, given_at, given_by, '');
  perform set_config('gf.role', role_before, true);
  return written;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("numbering", "0004_joint_wall")]
    operations = [
        migrations.RunSQL(
            TAKE,
            "drop function gf_take_number(text, text, int, text, boolean, text, int, text, text, timestamptz, bigint, "
            "text, text)",
        )
    ]
