import { WordList } from '../text/words.js';

/** Words of SQL by their role in an injection. */
export const sqlWords = {
  LOGIC: 'or and xor',
  NOT: 'not binary',
  LIKE: 'like rlike regexp ilike in is between sounds similar div mod collate',
  UNION: 'union intersect except',
  ALL: 'all distinct distinctrow',
  VALUES: 'values',
  CASCADE: 'cascade restrict',
  ROLE: 'role session',
  DO: 'do',
  GRANT: 'grant revoke',
  ALTER: 'alter create',
  TRUNCATE: 'truncate',
  PROGRAM: 'program stdout',
  SELECT: 'select',
  FROM: 'from',
  WHERE: 'where',
  HAVING: 'having',
  GROUP: 'group',
  ORDER: 'order',
  BY: 'by',
  LIMIT: 'limit',
  INTO: 'into',
  OUTFILE: 'outfile dumpfile',
  INSERT: 'insert replace',
  UPDATE: 'update',
  SET: 'set',
  DELETE: 'delete',
  DROP: 'drop',
  OBJECT: 'table database schema view function procedure trigger index sequence extension owned',
  EXEC: 'exec execute call',
  DECLARE: 'declare',
  SHUTDOWN: 'shutdown',
  WAITFOR: 'waitfor',
  DELAY: 'delay',
  IF: 'if iif ifnull nullif',
  CASE: 'case',
  WHEN: 'when',
  THEN: 'then',
  BEGIN: 'begin',
  CONSTANT: 'null true false',
  EXISTS: 'exists',
  COPY: 'copy',
  ATTACH: 'attach',
  ANALYSE: 'analyse analyze',
  TOP: 'top',
  TIMED: 'sleep pg_sleep pg_sleep_for benchmark randomblob',
  DANGER:
    'load_file extractvalue updatexml xp_cmdshell utl_http utl_inaddr dbms_pipe dbms_lock xmltype sp_oacreate sp_executesql openrowset lo_import lo_export pg_read_file pg_read_binary_file pg_ls_dir query_to_xml database_to_xml dblink dblink_connect dblink_exec gtid_subset gtid_subtract',
  FUNCTION:
    'char chr ascii substring substr mid concat concat_ws group_concat version connection_id system_user database current_user md5 sha1 hex unhex convert cast ord floor rand elt isnull aes_decrypt user count max min username banner sysdate now length schema_name current_database current_schema current_setting session_user string_agg array_agg array_to_string coalesce extract encode decode to_char quote_literal generate_series left right lower upper json_keys make_set regexp_substring repeat abs exp power ceiling trim ltrim rtrim len nchar patindex charindex db_name host_name is_srvrolemember sys_context listagg translate greatest least',
  CATALOG:
    'information_schema pg_shadow pg_user pg_authid pg_roles pg_class pg_database pg_stat_activity sysobjects syscolumns sqlite_master pg_catalog mysql dual all_tables pg_tables',
} as const;

export type SqlWord = keyof typeof sqlWords;

const ids = Object.keys(sqlWords) as SqlWord[];
/** Words get numbers from 32 on; below are the signs. */
export const sql = Object.freeze(Object.fromEntries(ids.map((id, at) => [id, 32 + at]))) as Readonly<
  Record<SqlWord, number>
>;

const longest = 20;
const all = new Map<string, number>();
for (const id of ids) for (const word of sqlWords[id].split(' ')) all.set(word, sql[id]);
const list = new WordList(all);

/** A bit per first letter and length: rejects most words of prose before anything is read. */
const firstLetters = new Int32Array(longest + 1);
for (const word of all.keys())
  firstLetters[word.length] = (firstLetters[word.length] ?? 0) | (1 << (word.charCodeAt(0) - 97));

/** The number of a word between two places of a text, or 0. */
export function sqlWord(text: string, start: number, end: number): number {
  const length = end - start;
  const first = (text.charCodeAt(start) | 32) - 97;
  if (length > longest || length < 2 || first < 0 || first > 25) return 0;
  if (((firstLetters[length] ?? 0) & (1 << first)) !== 0) {
    const known = list.find(text, start, end);
    if (known !== 0) return known;
  }
  return isFamily(text, start, length) ? sql.DANGER : 0;
}

/** xp_, sp_, dbms_ and utl_ name whole families of procedures. */
function isFamily(text: string, start: number, length: number): boolean {
  const isPair = text.charCodeAt(start + 2) === 95 && (text.charCodeAt(start + 1) | 32) === 112;
  const first = text.charCodeAt(start) | 32;
  if (isPair) return length > 5 && (first === 120 || first === 115);
  if (first !== 100 && first !== 117) return false;
  const isFourth = text.charCodeAt(start + 3) === 95;
  if (!isFourth && text.charCodeAt(start + 4) !== 95) return false;
  const word = text.slice(start, start + (isFourth ? 4 : 5)).toLowerCase();
  return word === 'utl_' || word === 'dbms_';
}
