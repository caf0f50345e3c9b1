import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { forgetPerAccount } from './api/per-account.ts';
import { session } from './api/session.ts';
import { router } from './routes.ts';
import { CSPProvider } from './ui/csp.ts';
import { LoadTroubleNotice } from './ui/load-trouble.tsx';

// The browser's "offline" state says nothing about a server on this machine, so it stops no request. The SDK does the
// retries.
const queries = new QueryClient({
  defaultOptions: {
    queries: { networkMode: 'always', retry: false, staleTime: 30_000 },
    mutations: { networkMode: 'always' },
  },
});

forgetPerAccount(queries, session);

/** The console, with the context that every page needs. */
export function App() {
  return (
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <LoadTroubleNotice />
      </QueryClientProvider>
    </CSPProvider>
  );
}
