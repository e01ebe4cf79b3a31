-- Addresses and codes as people type them: the only definition of an email address, its canonical
-- form, and the digits of a code. Nothing else converts: the browser and the service split lists
-- and send each address as typed.
-- The functions call nothing outside this file, so that upgrades and preflight.sql can run them
-- too. No result depends on the collation of the database.

create or replace function private.trim_blanks(value text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
begin
  -- White space, then invisible characters: joiners, direction marks, byte order marks.
  return btrim(value, E' \t\n\r\f\u000b\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005'
    '\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'
    '\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061'
    '\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufeff');
end
$$;
comment on function private.trim_blanks(text) is
  'Removes leading and trailing white space and the invisible characters that come with copied '
  'text.';

create or replace function private.display_name(name text)
  returns text
  language sql immutable set search_path = ''
  return nullif(private.trim_blanks(left(private.trim_blanks(pg_catalog.regexp_replace(
    name, '[[:cntrl:]\s\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]+', ' ', 'g'
  )), 100)), '');
comment on function private.display_name(text) is
  'A person''s name fit for one line of an email: at most 100 characters, no line breaks; null if '
  'empty.';

-- ---- domains ----------------------------------------------------------------------------------

-- RFC 3492, section 6.3. With at most 63 characters nothing overflows, and quadratic time is fine.
create or replace function private.to_punycode(label text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
declare
  v_points integer[] := array(select ascii(c) from string_to_table(label, null) as c);
  v_output text := regexp_replace(label, '[^\u0001-\u007f]', '', 'g');
  v_basic integer := length(v_output);
  v_done integer := v_basic;
  v_next integer := 128;   -- the code point to encode next
  v_delta integer := 0;
  v_bias integer := 72;
  v_point integer;
  v_rest integer;
  v_base integer;
  v_threshold integer;
begin
  if v_basic > 0 then
    v_output := v_output || '-';
  end if;
  while v_done < cardinality(v_points) loop
    v_point := (select min(p) from unnest(v_points) as p where p >= v_next);
    v_delta := v_delta + (v_point - v_next) * (v_done + 1);
    v_next := v_point;
    foreach v_point in array v_points loop
      if v_point < v_next then
        v_delta := v_delta + 1;
      elsif v_point = v_next then
        v_rest := v_delta;
        v_base := 36;
        loop
          v_threshold := least(greatest(v_base - v_bias, 1), 26);
          exit when v_rest < v_threshold;
          v_output := v_output || substr('abcdefghijklmnopqrstuvwxyz0123456789',
            v_threshold + (v_rest - v_threshold) % (36 - v_threshold) + 1, 1);
          v_rest := (v_rest - v_threshold) / (36 - v_threshold);
          v_base := v_base + 36;
        end loop;
        v_output := v_output || substr('abcdefghijklmnopqrstuvwxyz0123456789', v_rest + 1, 1);
        -- The bias adapts, as the next numbers will be about as large (section 6.1).
        v_delta := v_delta / case when v_done = v_basic then 700 else 2 end;
        v_done := v_done + 1;
        v_delta := v_delta + v_delta / v_done;
        v_base := 0;
        while v_delta > 455 loop
          v_delta := v_delta / 35;
          v_base := v_base + 36;
        end loop;
        v_bias := v_base + 36 * v_delta / (v_delta + 38);
        v_delta := 0;
      end if;
    end loop;
    v_delta := v_delta + 1;
    v_next := v_next + 1;
  end loop;
  return v_output;
end
$$;
comment on function private.to_punycode(text) is
  'A label of a domain in Punycode (RFC 3492), without the prefix xn--; for up to 63 characters.';

-- UTS 46, non-transitional. Uses lower() with collation C only: others differ over İ, ẞ and Σ, and
-- not every PostgreSQL has ICU. Accepts the scripts of most non-ASCII domains, limited to what
-- every implementation converts alike: no joiners, middle dots, Arabic digits, marks without a
-- letter or mixed direction. Other domains can be sent as xn--.
create or replace function private.to_ascii(label text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
declare
  -- Capitals that NFKD does not split into a letter and an accent.
  c_capitals constant text := 'ÆÐØÞĐĦŁŊŒŦΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ'
    'АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӃӅӇӉӋӍӔӘӠӨӶӺӼӾ'
    'ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ';
  c_small constant text := 'æðøþđħłŋœŧαβγδεζηθικλμνξοπρστυφχψω'
    'абвгдежзиклмнопрстуфхцчшщъыьэюяђєѕіјљњћџҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏӄӆӈӊӌӎӕәӡөӷӻӽӿ'
    'աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ';
  -- Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic, Devanagari, Thai, Georgian, Vietnamese,
  -- Japanese, Chinese, Korean.
  c_letters constant text := 'a-z0-9\u00df-\u00f6\u00f8-\u017e\u01a1\u01b0\u01ce-\u01dc'
    '\u01f9-\u021b\u0259\u0390\u03ac-\u03ce\u0430-\u045f\u048b-\u04ff\u0561-\u0586\u05d0-\u05ea'
    '\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff'
    '\u0750-\u077f\u0904-\u0939\u093d\u0950\u0960\u0961\u0966-\u096f\u0971-\u097f'
    '\u0e01-\u0e30\u0e32\u0e40-\u0e46\u0e50-\u0e59\u10d0-\u10fa\u1e01-\u1e99\u1ea1-\u1ef9'
    '\u3005-\u3007\u3041-\u3096\u309d\u309e\u30a1-\u30fa\u30fc-\u30fe\u3105-\u312f'
    '\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3';
  c_marks constant text := '\u0300-\u0333\u05b0-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7'
    '\u064b-\u065f\u0670\u0900-\u0903\u093a-\u093c\u093e-\u094f\u0951-\u0957\u0962\u0963\u0e31'
    '\u0e34-\u0e3a\u0e47-\u0e4e\u3099\u309a';
  v_label text;
begin
  if label ~ '^[\u0001-\u007f]*$' then
    return lower(label collate "C");
  end if;
  v_label := normalize(translate(
    lower(normalize(label, nfkd) collate "C"), c_capitals, c_small), nfc);
  if length(v_label) > 63
     or v_label !~ format('^(?:[%1$s][%2$s]*-*)*[%1$s][%2$s]*$', c_letters, c_marks)
     -- Right-to-left letters may be mixed with digits and hyphens only.
     or (v_label ~ '[\u05b0-\u077f]' and v_label !~ '^[\u05b0-\u077f][-0-9\u05b0-\u077f]*$')
     -- Could become an xn-- prefix or a similar one.
     or v_label ~ '^..--'
     -- NFKD turns some characters into a final sigma where UTS 46 has a plain one.
     or regexp_count(v_label, '\u03c2') > regexp_count(label, '\u03c2') then
    return null;
  elsif v_label ~ '[^\u0001-\u007f]' then
    return 'xn--' || private.to_punycode(v_label);
  end if;
  return v_label;
end
$$;
comment on function private.to_ascii(text) is
  'A label of a domain in ASCII, "münchen" as "xn--mnchen-3ya"; null if it is invalid, or if '
  'implementations convert it differently.';

-- ---- addresses --------------------------------------------------------------------------------

create or replace function private.normalize_email(email text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
declare
  v_email text;
  v_domain text;
  v_label text;
begin
  -- Longer text is never an address, and would be slow to convert.
  if length(email) > 320 then
    return email;
  end if;
  -- Fast path: nearly all addresses are ASCII without blanks.
  if email ~ '^[!-~]*$' then
    return lower(email collate "C");
  end if;
  -- Lowers ASCII only: some other letters have ASCII lower-case forms, and before the @ that would
  -- be another mailbox.
  v_email := lower(private.trim_blanks(email) collate "C");
  if (v_email ~ '^[!-?A-~]+@[^@]*[^@\u0001-\u007f][^@]*$') is not true then
    return v_email;
  end if;
  foreach v_label in array
    regexp_split_to_array(split_part(v_email, '@', 2), '[.\u3002\uff0e\uff61]')
  loop
    v_label := private.to_ascii(v_label);
    if v_label is null then
      return v_email;
    end if;
    v_domain := concat_ws('.', v_domain, v_label);
    if length(v_domain) > 253 then
      return v_email;
    end if;
  end loop;
  return split_part(v_email, '@', 1) || '@' || v_domain;
end
$$;
comment on function private.normalize_email(text) is
  'The canonical form in which addresses are stored and compared: trimmed, lower case, domain in '
  'ASCII. Text that is not an address stays invalid.';

-- What a browser's email field accepts (WHATWG HTML, "valid email address"), limited to what needs
-- no quotes (RFC 5321, dot-string) and to the lengths that mail servers allow.
-- Without lookahead and counted repetition, which make a regular expression ten times slower: one
-- call checks up to 10,000 addresses.
create or replace function private.is_email(email text)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
begin
  return coalesce(
    email ~ '^[-a-z0-9.!#$%&''*+/=?^_`{|}~]+@([-a-z0-9]+\.)+[-a-z0-9]*[-a-z][-a-z0-9]*$'
    and email !~ '^\.|\.\.|\.@|@-|@.*(\.-|-\.)|-$|\..$'
    and strpos(email, '@') <= 65 and length(email) <= 254
    and (length(email) <= 64 or split_part(email, '@', 2) !~ '[^.]{64}'),
    false);
end
$$;
comment on function private.is_email(text) is
  'Whether a normalized address can receive mail and sign up: valid in a browser''s email field, '
  'ASCII, at most 64 characters before the @, then two or more labels. False for null.';

-- ---- codes ------------------------------------------------------------------------------------

create or replace function private.read_code(code text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
declare
  v_code text;
  -- The zero of every script in Unicode 17; the digits one to nine follow it.
  c_zeros constant text :=
    E'0\u0660\u06f0\u07c0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0de6\u0e50'
    '\u0ed0\u0f20\u1040\u1090\u17e0\u1810\u1946\u19d0\u1a80\u1a90\u1b50\u1bb0\u1c40\u1c50'
    '\ua620\ua8d0\ua900\ua9d0\ua9f0\uaa50\uabf0\uff10\U000104a0\U00010d30\U00010d40\U00011066'
    '\U000110f0\U00011136\U000111d0\U000112f0\U00011450\U000114d0\U00011650\U000116c0'
    '\U000116d0\U000116da\U00011730\U000118e0\U00011950\U00011bf0\U00011c50\U00011d50'
    '\U00011da0\U00011de0\U00011f50\U00016130\U00016a60\U00016ac0\U00016b50\U00016d70'
    '\U0001ccf0\U0001d7ce\U0001d7d8\U0001d7e2\U0001d7ec\U0001d7f6\U0001e140\U0001e2f0'
    '\U0001e4f0\U0001e5f1\U0001e950\U0001fbf0';
begin
  if code ~ '^[0-9]{6}$' then
    return code;
  end if;
  v_code := private.trim_blanks(code);
  if length(v_code) <> 6 then
    return null;
  end if;
  return (
    select string_agg((ascii(digit) - ascii(zero))::text, '' order by position)
    from string_to_table(v_code, null) with ordinality as typed (digit, position)
    join string_to_table(c_zeros, null) as zero
      on ascii(digit) between ascii(zero) and ascii(zero) + 9
    having count(*) = 6);
end
$$;
comment on function private.read_code(text) is
  'The six digits of a code, typed in any script, with surrounding blanks removed; null for '
  'anything else.';
