/** A text of somebody's in quotation marks, whichever way it reads. */
export function Quoted({ children: text }: { children: string }) {
  return (
    <>
      “<bdi>{text}</bdi>”
    </>
  );
}
