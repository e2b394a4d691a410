import { plural } from '../format/amount.ts';
import { InlineText } from '../value/inline-text.tsx';
import type { Message } from './messages.ts';

export type MessageListProps = {
  readonly id: string;
  readonly messages: readonly Message[];
  /** Whether they are about the text as it stands; else about what it was a moment ago. */
  readonly current: boolean;
  readonly onGo: (message: Message) => void;
};

/** How a text fares with the compiler: whether it compiles, and each thing that is said of it, which leads to its place. */
export function MessageList({ id, messages, current, onGo }: MessageListProps) {
  const faults = messages.filter(({ tone }) => tone === 'fault').length;
  const summary =
    faults > 0
      ? plural(faults, 'fault')
      : messages.length > 0
        ? `It compiles, with ${plural(messages.length, 'warning')}`
        : 'It compiles';
  return (
    <section class="messages-pane" aria-label="Messages of the compiler">
      <p id={id} role="status" class={faults > 0 ? 'field-error' : ''}>
        {current ? `${summary}.` : 'Checking…'}
      </p>
      {messages.length > 0 && (
        <ul>
          {messages.map((message, index) => (
            <li key={index} class={`is-${message.tone}`}>
              {message.line !== undefined && (
                <button type="button" class="quiet" onClick={() => onGo(message)}>
                  line {message.line}
                  {message.column === undefined ? '' : `:${message.column}`}
                </button>
              )}
              <span>
                <InlineText text={message.text} />{' '}
                {message.hint !== undefined && (
                  <span class="faint">
                    <InlineText text={message.hint} />
                  </span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
