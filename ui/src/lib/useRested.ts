import { useEffect, useState } from "react";

/** The value once it has not changed for a while: what is typed is asked for when the hands rest. */
export function useRested<Value>(value: Value, milliseconds = 250): Value {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return rested;
}
