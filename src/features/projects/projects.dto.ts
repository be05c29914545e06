import { ApiProperty } from '@nestjs/swagger';
import { projectPolicy } from '../../../config/policy/generations/projects.js';
import { ChoiceField, TextField } from '../../perimeter/input/fields.js';
import { visibilities, type Visibility } from './project.js';
import { pageQuery } from '../../perimeter/input/page-query.js';

const name = { min: 1, max: projectPolicy.nameCharacters, example: 'harbour at night' };
const description = { optional: true, nullable: true, max: projectPolicy.descriptionCharacters };
const visibility = {
  description: 'Who may look: its owner alone, or anybody who is signed in and knows its id.',
  optional: true,
  of: visibilities,
};

export class CreateProjectRequest {
  @TextField({ description: 'What it is called; not blank.', ...name })
  name!: string;

  @TextField({ description: 'What it is about.', ...description })
  description?: string | null;

  @ChoiceField(visibility)
  visibility?: Visibility | null;
}

/** An omitted field stays unchanged; at least one is required. */
export class ChangeProjectRequest {
  @TextField({ description: 'What it is called; not blank.', optional: true, ...name })
  name?: string | null;

  @TextField({ description: 'What it is about; null clears it.', ...description })
  description?: string | null;

  @ChoiceField(visibility)
  visibility?: Visibility | null;
}

export class ListProjectsQuery extends pageQuery(100) {}

class ShownProjectResponse {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ type: String, nullable: true }) description!: string | null;
  @ApiProperty({ enum: visibilities }) visibility!: Visibility;
  @ApiProperty({ format: 'date-time' }) created_at!: string;
}

export class ProjectResponse extends ShownProjectResponse {
  @ApiProperty({ enum: [true] }) owned!: true;
  @ApiProperty({ description: 'Whatever became of them.' }) generations_count!: number;
  @ApiProperty({ format: 'date-time' }) updated_at!: string;
}

export class GalleryItemResponse {
  @ApiProperty({ description: 'A link that expires.' }) url!: string;
  @ApiProperty() content_type!: string;
  @ApiProperty({ type: Number, nullable: true }) width!: number | null;
  @ApiProperty({ type: Number, nullable: true }) height!: number | null;
  @ApiProperty() bytes!: number;
}

/** A public project of another account. */
export class PublicProjectResponse extends ShownProjectResponse {
  @ApiProperty({ enum: [false] }) owned!: false;
  @ApiProperty({
    type: [GalleryItemResponse],
    description: `The newest results, at most ${projectPolicy.galleryAtMost}.`,
  })
  gallery!: GalleryItemResponse[];
}

export class ProjectsPage {
  @ApiProperty({ type: [ProjectResponse] }) data!: ProjectResponse[];
  @ApiProperty({ type: String, nullable: true, format: 'uuid' }) next_cursor!: string | null;
}
