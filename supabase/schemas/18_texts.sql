-- Texts: what may stand in the title of an interview, and in the names that an email shows.
-- Strangers choose them, and the email comes from our address.

create or replace function private.has_link(value text)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
declare
  v_text text;
begin
  -- Most names: every address has one of these signs.
  if has_link.value !~ '[^ -~]|[.:@]' then
    return false;
  end if;
  -- Without invisible characters, and with the signs instead of what only looks like them.
  v_text := translate(
    normalize(
      regexp_replace(has_link.value, '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f'
        '\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff'
        '\U000e0000-\U000e0fff]+', '', 'g'),
      nfkc),
    E'\u02d0\u0589\u05c3\u2236\ua789\u2044\u2215\u2571\u29f8\u3002', ':::::////.');
  return v_text ~* (
    ':\s*//'
    '|\m(h(tt|xx)ps?|ftp|mailto):\S'
    '|\mwww\d*\.\S'
    '|\S@\S'
    -- A host with a path or a query, but not Node.js/React: no domain ends in .js.
    '|[[:alnum:]]\.(?!js\M)([[:alpha:]]{2,}|xn--[a-z0-9-]+)(:\d+)?([/\\]|\?\S)'
    '|\m\d{1,3}(\.\d{1,3}){3}(:\d+)?[/\\?]');
end
$$;
comment on function private.has_link(text) is
  'Whether a text has the address of a web page or of a mailbox in it, also one that is written so '
  'that programs do not recognise it. A bare name such as ASP.NET or Booking.com is none.';

create or replace function private.candidate_name(name text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
begin
  return case
    when not private.has_link(candidate_name.name) then private.display_name(candidate_name.name)
  end;
end
$$;
comment on function private.candidate_name(text) is
  'The display name of a candidate; null if it holds a link or an address, as strangers write it '
  'into files: the invite goes without a name then.';

create or replace function private.skeleton(name text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
begin
  return regexp_replace(
    lower(translate(
      regexp_replace(normalize(skeleton.name, nfkd),
        '[\u00ad\u0300-\u036f\u061c\u115f\u1160\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164'
        '\ufe00-\ufe0f\ufeff]+', '', 'g'),
      -- Cyrillic, Greek, small capitals; some of Armenian and digits; l, which looks like I.
      'АВЕКМНОРСТУХЅІЈаеорсухѕіјһвкмнтгѵԁԛԝ'
      'ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχη'
      'ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢı'
      'հոօս01lL|',
      'ABEKMHOPCTYXSIJaeopcyxsijhbkmhtrvdqw'
      'ABEZHIKMNOPTYXaeikvoptuxn'
      'abcdeghijkimnoprstuvwyzi'
      'hnouoiiii'
    )),
    '[^[:alnum:]]+', ' ', 'g');
end
$$;
comment on function private.skeleton(text) is
  'A name as it looks at a glance: without case, accents, signs and invisible characters, and with '
  'Latin letters for those that look like them.';

create or replace function private.is_protected(name text)
  returns boolean
  language plpgsql stable set search_path = ''
as $$
declare
  v_protected text := replace(
    private.skeleton((select s.protected_name from private.settings s)), ' ', '');
  v_name text := private.skeleton(is_protected.name);
begin
  -- In one word, as a part of it too; or with its letters apart, as words of their own, because
  -- "Shire Vision" is another name.
  return v_protected <> '' and (
    strpos(v_name, v_protected) > 0
    or v_name ~ ('\m' || array_to_string(string_to_array(v_protected, null), ' ?') || '\M'));
end
$$;
comment on function private.is_protected(text) is
  'Whether a name contains settings.protected_name, or looks as if it did.';

create or replace function private.signature(name text)
  returns text
  language plpgsql stable set search_path = ''
as $$
declare
  v_name text := left(signature.name, 500);  -- as in private.own_text
begin
  if private.has_link(v_name) then
    perform private.refuse('text_not_allowed:name');
  elsif private.is_protected(v_name) then
    perform private.refuse('text_not_allowed:protected');
  end if;
  return private.display_name(v_name);
end
$$;
comment on function private.signature(text) is
  'The display name to sign emails with, null if there is none; raises text_not_allowed. Reads 500 '
  'characters.';

-- What may not sign is left out, because accounts can write anything there, of any length: to read
-- all of it would hold up everybody's emails.
create or replace function private.own_text(user_id uuid, key text)
  returns text
  language plpgsql stable set search_path = ''
as $$
declare
  v_text text := (
    select left(u.raw_user_meta_data ->> own_text.key, 500)
    from auth.users u where u.id = own_text.user_id);
begin
  return case
    when not private.has_link(v_text) and not private.is_protected(v_text)
    then private.display_name(v_text)
  end;
end
$$;
comment on function private.own_text(uuid, text) is
  'The first 500 characters of what an account says about itself, as a display name, if emails may '
  'be signed with it, else null.';

create or replace function private.own_name(user_id uuid)
  returns text
  language plpgsql stable set search_path = ''
as $$
begin
  return private.own_text(own_name.user_id, 'full_name');
end
$$;
comment on function private.own_name(uuid) is
  'The full_name of an account if emails may be signed with it, else null.';

-- "Jane Doe, Acme".
create or replace function private.own_signature(user_id uuid)
  returns text
  language plpgsql stable set search_path = ''
as $$
declare
  v_signature text := concat_ws(
    ', ', private.own_name(own_signature.user_id),
    private.own_text(own_signature.user_id, 'company'));
begin
  -- Two harmless words can be a link together.
  return case
    when private.has_link(v_signature) or private.is_protected(v_signature)
      then private.own_name(own_signature.user_id)
    else private.display_name(v_signature)
  end;
end
$$;
comment on function private.own_signature(uuid) is
  'The full_name and the company of an account, as far as emails may be signed with them; null if '
  'there is neither.';

-- For recruiters, before they save a name. Definer, because the settings are private.
create or replace function public.preview_signature(
  full_name text default null, company text default null
)
  returns text
  language plpgsql stable security definer set search_path = ''
as $$
begin
  if num_nonnulls(preview_signature.full_name, preview_signature.company) = 0 then
    return coalesce(private.own_signature(private.caller_id()), 'HireVision');
  end if;
  return coalesce(private.signature(concat_ws(
    ', ', private.signature(preview_signature.full_name),
    private.signature(preview_signature.company))), 'HireVision');
end
$$;
comment on function public.preview_signature(text, text) is
  'How emails would be signed with this name and company; without both, how the caller''s own are. '
  'Raises text_not_allowed.';
