// The journal's table: blocks, roll call, keys. English words.
import { en as plural } from './format'
import type { gridRu } from './grid.ru'

export const gridEn: typeof gridRu = {
  said: {
    undoNot: 'This is in the journal already and no opposite entry takes it back: correct the value.', someLeft: 'Some cells were passed over: this cannot be written there.',
    pasteNothing: 'Nothing to paste: the journal says so already.', pasteLarge: 'Too much was copied: more than a page of the journal.',
    protocolAlone: 'The pupil was absent: a mark is put by protocol, cell by cell.', deferralAlone: 'A deferral is put with its date and reason, cell by cell.',
    edge: 'Beyond the edge of the table.', noSuchPupil: 'No such pupil in the group.', twoSuchPupils: 'More than one pupil has that name: write more of it.',
  },
  filled: (n, of) => `${n} of ${of} in the column`,
  selected: (rows, cols) => `${rows} × ${cols} selected`, meanOf: (v) => `mean ${v}`,
  paste: {
    title: 'Paste', lead: (n) => (n === 0 ? 'Nothing of what was copied can be written.' : `${plural(n, 'cell', 'cells')} can be written; the rest cannot:`), names: 'Lines went to their pupils by the names in the first column.',
    line: 'Line', text: 'Copied', where: 'Where to', why: 'Why not', more: (n) => `and ${n} more`, rest: (n) => `Write ${plural(n, 'cell', 'cells')}`,
  },
  roll: {
    title: 'Roll call', open: 'Roll call', count: (here, all) => `${here} of ${all} present`, here: 'present', all: 'All others are present', done: 'Attendance is taken', cycle: 'Tap a name: absent → late → present', reasonOf: (name) => `Reason: ${name}`, said: (text) => `the family says: ${text}`, none: 'You cannot write to this lesson.',
  },
  help: {
    title: 'Keys of the journal', open: 'All keys',
    keys: [
      ['2 3 4 5', 'a mark, and the cursor moves down; н б у о – absence (by place on the keyboard, in any layout)'], ['/', 'a second mark in the same cell, also right after the first'], ['.', 'a point: the mark is still to be earned'],
      ['Del', 'withdraw'], ['F2, double click', 'edit as text: 4/5, осв, н/а, отср'], ['+', 'a comment to a mark'], ['Alt+A', 'all present'], ['Alt+H', 'history of the cell with signatures'],
      ['Enter, Tab, arrows', 'down, right, anywhere; Shift+Enter up, Shift+Tab left'], ['Home, End', 'begin and end of the row; with Ctrl – of the table'],
      ['Shift+arrows, mouse', 'select; Ctrl+Space – the whole column'], ['2–5, н б у о, Del', 'on a selection – into all cells at once'], ['Ctrl+D', 'fill down'],
      ['Ctrl+C, Ctrl+V', 'exchange with spreadsheets; with names in the first column each line goes to its pupil'], ['Ctrl+Z', 'undo your last action whole'], ['Esc', 'drop the selection'],
    ],
  },
}
