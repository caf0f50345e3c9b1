import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { router } from './routes.ts';
import { CSPProvider } from './ui/csp.ts';
import { LoadTroubleNotice } from './ui/load-trouble.tsx';

// "Offline" says nothing of a server on this machine, so the network's state stops no request. The SDK repeats what may be.
const queries = new QueryClient({
  defaultOptions: {
    queries: { networkMode: 'always', retry: false, staleTime: 30_000 },
    mutations: { networkMode: 'always' },
  },
});

/** The console: what every page needs around it. */
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
