import type { Option } from './option.ts';

export type OptionListProps = {
  readonly options: readonly Option[];
  /** Of the chosen one. */
  readonly index: number;
  readonly area: HTMLTextAreaElement;
  /** Offset in its text where what is completed begins. */
  readonly start: number;
  readonly onTake: (option: Option) => void;
};

export const optionListId = 'completion';
export const optionId = (index: number) => `${optionListId}-${index}`;

/** Options in sight at once; the others come as one moves. */
const most = 8;
/** Of a line of the field, and of what is around its text, in pixels; the styles say the same. */
const lineHeight = 19;
const above = 8;

/** What can be written, beside where it would stand, with what each is for. */
export function OptionList({ options, index, area, start, onTake }: OptionListProps) {
  const before = area.value.slice(0, start).split('\n');
  const top = above + (before.length - 1) * lineHeight - area.scrollTop;
  const column = before.at(-1)?.length ?? 0;
  const isLow = top > area.clientHeight / 2;
  const left = `${area.offsetLeft + 8 - area.scrollLeft}px + ${column} * 1ch`;
  const first = Math.max(0, Math.min(index - Math.floor(most / 2), options.length - most));
  const chosen = options[index];
  return (
    <div
      class="completion"
      style={{
        left: `max(0px, min(${left}, 100% - var(--completion-width)))`,
        ...(isLow ? { bottom: `calc(100% - ${Math.max(0, top)}px)` } : { top: `${top + lineHeight}px` }),
      }}
    >
      <ul role="listbox" id={optionListId} aria-label="What can be written here">
        {options.slice(first, first + most).map((option, offset) => (
          <li
            key={option.label}
            id={optionId(first + offset)}
            role="option"
            aria-selected={first + offset === index}
            aria-setsize={options.length}
            aria-posinset={first + offset + 1}
            onPointerDown={(event) => {
              event.preventDefault();
              onTake(option);
            }}
          >
            <code>{option.label}</code> <span class="faint">{option.about}</span>
          </li>
        ))}
      </ul>
      <p class="completion-about" aria-hidden="true">
        {chosen?.about === '' ? chosen.label : chosen?.about}
        <span class="faint">
          {index + 1} of {options.length}
        </span>
      </p>
    </div>
  );
}
