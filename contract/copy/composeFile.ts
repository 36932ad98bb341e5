/** The compose file, the `.env` beside it, and the computer that they are for. Keys start with `compose.`. */
export const composeFile = {
  'compose.step.write': 'Writing the files',

  'problem.file-changed.title': 'The file was changed in the meantime',
  'problem.file-changed.cause': '{path} is no longer what it was when the change was shown, so it was not touched.',
  'problem.file-changed.next': 'Look at the change again, as it would be now.',

  'problem.compose-not-editable.title': 'The compose file cannot be changed safely',
  'problem.compose-not-editable.cause': '{path}: {reason}',
  'problem.compose-not-editable.next': 'Make the change shown in the details by hand, then check again.',
} as const;
