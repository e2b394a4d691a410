import { calibrationText } from '@telos/contract';
import type { CalibrationView } from '@telos/contract';

/** What the scores of a check are worth: how well it agreed with people when it was measured. */
export function Worth({ calibration }: { readonly calibration: CalibrationView }) {
  const { evaluator, at, version } = calibration;
  return (
    <span class="faint" title={`${evaluator}, ${at.slice(0, 10)}, version ${version}`}>
      {calibrationText(calibration)}
    </span>
  );
}
