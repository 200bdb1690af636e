import { CloudOff, HardDrive, PlugZap } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useClient, useLive } from '#/app/client_context.tsx';
import { Button } from '#/components/button.tsx';
import { Spinner } from '#/components/spinner.tsx';
import type { ConnectionState } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';

/** Milliseconds before an attempt to connect is worth a word. */
const PATIENCE = 1200;

/**
 * Says when something is not as it should be: no connection, or nothing is kept on this device. Read out when it
 * changes; the countdown is for eyes only.
 */
export function ConnectionBanner() {
  const t = useText();
  const client = useClient();
  const connection = useLive((state) => state.connection);
  const memory = useLive((state) => state.durability === 'memory');
  const late = useLate(connection);

  return (
    <div className="row-start-1 border-line bg-surface md:col-start-1 md:row-start-2 md:border-e">
      <div role="status" aria-live="polite">
        {connection.status === 'connecting' && late && (
          <Line icon={<Spinner />}>{t('shell:connecting')}</Line>
        )}
        {connection.status === 'offline' && <Line icon={<CloudOff />}>{t('shell:offline')}</Line>}
        {connection.status === 'waiting' && (
          <Line
            icon={<PlugZap />}
            action={
              <Button size="sm" onClick={() => client.reconnect()}>
                {t('shell:try_now')}
              </Button>
            }
          >
            {t('shell:waiting')} <Countdown until={connection.retry_at} />
          </Line>
        )}
        {memory && <Line icon={<HardDrive />}>{t('shell:memory_only')}</Line>}
      </div>
    </div>
  );
}

function Line({ icon, action, children }: { icon: ReactNode; action?: ReactNode; children: ReactNode }) {
  return (
    <div className="flex items-center gap-3 border-line border-b bg-notice-soft px-4 py-2.5 text-[0.8125rem] text-notice-ink md:border-t md:border-b-0 [&>svg]:size-4 [&>svg]:shrink-0">
      {icon}
      <p className="flex-1 text-pretty">{children}</p>
      {action}
    </div>
  );
}

function Countdown({ until }: { until: number }) {
  const t = useText();
  const [seconds, setSeconds] = useState(() => secondsTo(until));
  useEffect(() => {
    setSeconds(secondsTo(until));
    const timer = setInterval(() => setSeconds(secondsTo(until)), 500);
    return () => clearInterval(timer);
  }, [until]);
  if (seconds === 0) return null;
  return (
    <span aria-hidden="true" className="tabular-nums">
      {t('shell:waiting_seconds', { seconds })}
    </span>
  );
}

function secondsTo(moment: number): number {
  return Math.max(0, Math.ceil((moment - performance.now()) / 1000));
}

/** Whether the state has lasted for longer than a healthy connection needs. */
function useLate(connection: ConnectionState): boolean {
  const [late, setLate] = useState(false);
  const connecting = connection.status === 'connecting';
  useEffect(() => {
    if (!connecting) return;
    const timer = setTimeout(() => setLate(true), PATIENCE);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [connecting]);
  return late;
}
