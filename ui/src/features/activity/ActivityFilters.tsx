import { CircleAlert, List, TriangleAlert } from "lucide-react";

import { SegmentedChoice } from "../../components/ui/SegmentedChoice";
import { Select } from "../../components/ui/Select";
import { TextInput } from "../../components/ui/TextInput";
import { messages } from "../../lib/messages";
import { usePlans } from "../../lib/questions/usePlans";
import type { Filter } from "./filter";

const icons = { all: List, warnings: TriangleAlert, errors: CircleAlert };

export function ActivityFilters({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  const plans = usePlans().data ?? [];
  const words = messages.activity;
  return (
    <div role="search" className="flex flex-wrap items-center gap-2">
      <SegmentedChoice
        legend={words.levels}
        name="level"
        options={(["all", "warnings", "errors"] as const).map((value) => ({
          value,
          label: words.level[value],
          icon: icons[value],
        }))}
        chosen={filter.level}
        onChoose={(level) => onChange({ ...filter, level })}
      />
      <Select
        label={words.plan}
        value={filter.plan ?? ""}
        onChoose={(plan) => onChange({ ...filter, plan: plan || null })}
      >
        <option value="">{words.allPlans}</option>
        {plans.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <TextInput
        type="search"
        aria-label={words.text}
        placeholder={words.text}
        className="w-60 grow basis-40"
        value={filter.text}
        onChange={({ target }) => onChange({ ...filter, text: target.value })}
      />
    </div>
  );
}
