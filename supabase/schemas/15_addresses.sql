-- Addresses: the one definition of an email address, and the form in which it is stored and
-- compared. These functions call nothing outside this file, so that upgrades and preflight.sql can
-- run them too.

create or replace function private.trim_blanks(value text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
begin
  return btrim(value, E' \t\n\r\f\u000b\u00a0\u200b\u2060\u3000\ufeff');
end
$$;
comment on function private.trim_blanks(text) is
  'Without leading and trailing blanks, those that come along with a copied text included.';

create or replace function private.normalize_email(email text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
begin
  -- Nothing that long is an address, and the rest would take its time over it.
  if length(email) > 320 then
    return email;
  end if;
  -- Nearly all are plain ASCII without blanks, for which the rest does nothing but this.
  if email ~ '^[!-~]*$' then
    return lower(email);
  end if;
  -- The blanks are those of trim_blanks; a call of it would cost more than all the rest. Two
  -- letters that fold into ASCII's i and k step aside, for they make another mailbox; is_email
  -- refuses them.
  return translate(
    normalize(lower(btrim(translate(email, E'\u0130\u212a', E'\u0001\u0002'),
                          E' \t\n\r\f\u000b\u00a0\u200b\u2060\u3000\ufeff')), nfc),
    E'\u0001\u0002', E'\u0130\u212a');
end
$$;
comment on function private.normalize_email(text) is
  'How addresses are stored and compared everywhere: trimmed, lower case, Unicode NFC.';

-- Written for speed (10,000 addresses a call): no lookahead and no counted repetition, which
-- make a regular expression ten times slower.
create or replace function private.is_email(email text)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
begin
  return coalesce(
    email ~ '^[^\s"(),:;<>@\[\\\]]+@([^\u0001-\u002c\u002e\u002f\u003a-\u0060\u007b-\u00a0]+\.)+[^\u0001-\u0040\u005b-\u0060\u007b-\u00a0][^\u0001-\u002c\u002e\u002f\u003a-\u0060\u007b-\u00a0]+$'
    and email !~ '^\.|\.@|\.\.|@-|@.*(\.-|-\.)|-$|[[:cntrl:]\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\u0130\u212a\U000e0000-\U000e0fff]'
    and strpos(email, '@') <= 65 and length(email) <= 254
    and (length(email) <= 64 or split_part(email, '@', 2) !~ '[^.]{64}'),
    false);
end
$$;
comment on function private.is_email(text) is
  'Whether a normalized address can be mailed: dot-atom local part of at most 64 characters, a '
  'domain of two or more labels, Unicode in both, no control or invisible characters. Null is no '
  'address.';

create or replace function private.read_code(code text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
begin
  return substring(private.trim_blanks(read_code.code) from '^[0-9]{6}$');
end
$$;
comment on function private.read_code(text) is 'Stand-in.';

create or replace function private.display_name(name text)
  returns text
  language sql immutable set search_path = ''
  return nullif(private.trim_blanks(left(private.trim_blanks(pg_catalog.regexp_replace(
    name, '[[:cntrl:]\s\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]+', ' ', 'g'
  )), 100)), '');
comment on function private.display_name(text) is
  'A person''s name fit for one line of a mail: at most 100 characters, no line breaks; null '
  'when nothing is left.';
