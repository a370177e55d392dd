import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Tooltip } from "radix-ui";

import { Gate } from "./Gate";

/** The program answers or it does not: nothing that failed is asked again behind a person's back,
 *  and being offline says nothing about a program on this computer. */
const client = new QueryClient({
  defaultOptions: {
    queries: { refetchOnWindowFocus: false, retry: false, retryOnMount: false, networkMode: "always" },
    mutations: { networkMode: "always" },
  },
});

export function App() {
  return (
    <QueryClientProvider client={client}>
      <Tooltip.Provider delayDuration={300} disableHoverableContent>
        <Gate />
      </Tooltip.Provider>
    </QueryClientProvider>
  );
}
