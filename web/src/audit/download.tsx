import { useRef, useState } from 'react';
import { loadExport } from '../api/audit.ts';
import { failureOf, isCode } from '../api/problems.ts';
import { Button } from '../ui/button.tsx';
import { saveFile } from '../ui/save-file.ts';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';
import { exportAll } from './exporting.ts';

/** Downloads the whole log, with what is needed to verify it elsewhere. */
export function Download({ workspace }: { workspace: string }) {
  const [entries, setEntries] = useState<number | undefined>(undefined);
  const running = useRef<AbortController | undefined>(undefined);
  const download = async () => {
    const { signal } = (running.current = new AbortController());
    setEntries(0);
    try {
      const exported = await exportAll((after) => loadExport(workspace, { after }, signal), setEntries);
      if (exported === undefined) {
        const text = t(
          'The log is too large for a browser. Export it on the server: npm run audit -- export {workspace}',
          { workspace },
        );
        toast({ kind: 'error', text });
      } else {
        saveFile(`audit-${workspace}.ndjson`, exported.parts, 'application/x-ndjson');
        toast({
          text: t('{entries, plural, one {# entry} other {# entries}} downloaded', { entries: exported.entries }),
        });
      }
    } catch (error) {
      if (!isCode(error, 'aborted')) {
        toast({ kind: 'error', text: t('The log was not downloaded. {title}.', { title: failureOf(error).title }) });
      }
    } finally {
      setEntries(undefined);
    }
  };
  if (entries === undefined) {
    return (
      <Button icon="download" onClick={() => void download()}>
        {t('Download the log')}
      </Button>
    );
  }
  return (
    <>
      <span role="status" className="figures">
        {t('{entries, plural, one {# entry} other {# entries}}…', { entries })}
      </span>
      <Button onClick={() => running.current?.abort()}>{t('Cancel')}</Button>
    </>
  );
}
