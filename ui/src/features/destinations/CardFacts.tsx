import { Ago } from "../../components/ui/Ago";
import type { DestinationEntry } from "../../ipc/bindings";
import { messages } from "../../lib/messages";
import { LastVerification } from "./LastVerification";
import { StorageUsed } from "./StorageUsed";

export function CardFacts({ of }: { of: DestinationEntry }) {
  const words = messages.destinations.facts;
  const { remote } = messages;
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-2">
      <div>
        <dt className="text-12 text-text-3">{words.copy}</dt>
        <dd className="text-13 font-medium">
          <Ago at={of.last_copy_at} never={words.never} />
        </dd>
      </div>
      {of.remote ? (
        <div>
          <dt className="text-12 text-text-3">{remote.reached}</dt>
          <dd className="text-13 font-medium">
            <Ago at={of.last_seen_at} never={remote.never} />
            {of.latency_ms !== null && (
              <small className="block text-12 font-normal text-text-2">{remote.answers(of.latency_ms)}</small>
            )}
          </dd>
        </div>
      ) : (
        of.state !== "ready" && (
          <div>
            <dt className="text-12 text-text-3">{words.seen}</dt>
            <dd className="text-13 font-medium">
              <Ago at={of.last_seen_at} never={words.neverSeen} />
            </dd>
          </div>
        )
      )}
      <StorageUsed of={of} />
      {of.monthly_cost !== null && (
        <div>
          <dt className="text-12 text-text-3">{remote.cost}</dt>
          <dd className="text-13 font-medium">{remote.about(of.monthly_cost)}</dd>
        </div>
      )}
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
