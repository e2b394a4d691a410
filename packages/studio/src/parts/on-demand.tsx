import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Notice } from './notice.tsx';

/** A page, or a part of one, whose script is fetched when a reader first goes there, so that the first load stays small. */
export function onDemand<P extends object>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  let loaded: FunctionComponent<P> | undefined;
  return function OnDemand(props: P) {
    const [failed, setFailed] = useState(false);
    const [, setReady] = useState(loaded !== undefined);
    useEffect(() => {
      if (loaded !== undefined) return;
      load().then(
        (page) => {
          loaded = page;
          setReady(true);
        },
        () => setFailed(true),
      );
    }, []);
    if (loaded !== undefined) {
      const Loaded = loaded;
      return <Loaded {...props} />;
    }
    return (
      <div class="on-demand">
        {failed && (
          <Notice tone="error" title="This could not be loaded.">
            <p>
              The server was away, or has another version by now.{' '}
              <button type="button" class="quiet" onClick={() => location.reload()}>
                Load again
              </button>
            </p>
          </Notice>
        )}
      </div>
    );
  };
}
