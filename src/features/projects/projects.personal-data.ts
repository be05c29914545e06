import { heldBy, personalTable, withheld, type PersonalTable } from '../../database/personal-data.js';

const projectsOf = heldBy('projects', 'user_id');

export const projectsPersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'projects',
    exported: {
      title: 'Projects',
      of: projectsOf,
      order: [['id', 'uuid']],
      columns: {
        id: 'id',
        user_id: withheld('the account itself'),
        name: 'name',
        description: 'description',
        visibility: 'visibility',
        generations_count: 'generations_count',
        created_at: 'created_at',
        updated_at: 'updated_at',
        deleted_at: 'deleted_at',
      },
    },
    // Behind its generations, of each of which the deletion would take the project away.
    erased: [{ how: 'delete', of: projectsOf }],
  }),
];
