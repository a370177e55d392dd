import { Ago } from "../../components/ui/Ago";
import type { DestinationEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { LastVerification } from "./LastVerification";
import { StorageUsed } from "./StorageUsed";

export function CardFacts({ of }: { of: DestinationEntry }) {
  const words = messages.destinations.facts;
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-2">
      <div>
        <dt className="text-12 text-text-3">{words.copy}</dt>
        <dd className="text-13 font-medium">
          <Ago at={of.last_copy_at} never={words.never} />
        </dd>
      </div>
      {of.state !== "ready" && (
        <div>
          <dt className="text-12 text-text-3">{words.seen}</dt>
          <dd className="text-13 font-medium">
            <Ago at={of.last_seen_at} never={words.neverSeen} />
          </dd>
        </div>
      )}
      <StorageUsed of={of} />
      <LastVerification last={of.verified} />
      <div className="min-w-0">
        <dt className="text-12 text-text-3">{words.plans}</dt>
        <dd className="text-13 font-medium wrap-anywhere">
          {of.plans.length > 0 ? of.plans.join(", ") : words.noPlans}
        </dd>
      </div>
    </dl>
  );
}
