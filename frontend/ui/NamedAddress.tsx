import { Address } from "./Address";
import styles from "./NamedAddress.module.css";

interface NamedAddressProps {
  /** Whose it is, if that is known. */
  name: string | null | undefined;
  children: string;
}

/** An address, and below it the name of the person. */
export function NamedAddress({ name, children }: NamedAddressProps) {
  return (
    <>
      <Address>{children}</Address>
      {name && <bdi className={`soft small ${styles.name}`}>{name}</bdi>}
    </>
  );
}
