import { Select } from "../../components/ui/Select";
import { messages } from "../../lib/messages";

const words = messages.limits;
const FULL = 100;

interface Props {
  percent: number | null;
  onChange: (percent: number | null) => void;
}

/** Which part of the processors. One that the command line set, and is none of these, stands among them. */
export function CpuChoice({ percent, onChange }: Props) {
  const now = percent ?? FULL;
  const all = [...new Set([...words.shares.keys(), now])].toSorted((one, other) => other - one);
  return (
    <Select
      label={words.cpu}
      value={String(now)}
      onChoose={(chosen) => onChange(Number(chosen) === FULL ? null : Number(chosen))}
    >
      {all.map((share) => (
        <option key={share} value={share}>
          {words.shares.get(share) ?? words.share(share)}
        </option>
      ))}
    </Select>
  );
}
