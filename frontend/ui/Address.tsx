/** An email address. One that needs two lines breaks before its domain, if that is enough. */
export function Address({ children: email }: { children: string }) {
  const at = email.lastIndexOf("@");
  return (
    <>
      {email.slice(0, at)}
      <wbr />
      {email.slice(at)}
    </>
  );
}
