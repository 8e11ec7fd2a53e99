// SPDX-License-Identifier: MIT
// Owns the list of IO methods that can be drawn. A new method is one file and one line here.
import type { AnyMethod } from "../forms/method";
import { confirm } from "./confirm";
import { confirmIdentityMethod } from "./confirm-identity";
import { displayCode } from "./display-code";
import { displayGrid } from "./display-grid";
import { displayHeading } from "./display-heading";
import { displayHtml } from "./display-html";
import { displayImage } from "./display-image";
import { displayLink } from "./display-link";
import { displayMarkdown } from "./display-markdown";
import { displayMetadata } from "./display-metadata";
import { displayObject } from "./display-object";
import { displayProgressIndeterminate, displayProgressList, displayProgressSteps } from "./display-progress";
import { displayTable } from "./display-table";
import { displayVideo } from "./display-video";
import { inputBoolean } from "./input-boolean";
import { inputDate } from "./input-date";
import { inputDatetime } from "./input-datetime";
import { inputEmail } from "./input-email";
import { inputNumber } from "./input-number";
import { inputRichText } from "./input-rich-text";
import { inputSlider } from "./input-slider";
import { inputSpreadsheet } from "./input-spreadsheet";
import { inputText } from "./input-text";
import { inputTime } from "./input-time";
import { inputUrl } from "./input-url";
import { search } from "./search";
import { selectMultiple } from "./select-multiple";
import { selectSingle } from "./select-single";
import { selectTable } from "./select-table";
import { uploadFile } from "./upload-file";

export const methods: Readonly<Record<string, AnyMethod | undefined>> = {
    CONFIRM: confirm,
    CONFIRM_IDENTITY: confirmIdentityMethod,
    DISPLAY_CODE: displayCode,
    DISPLAY_GRID: displayGrid,
    DISPLAY_HEADING: displayHeading,
    DISPLAY_HTML: displayHtml,
    DISPLAY_IMAGE: displayImage,
    DISPLAY_LINK: displayLink,
    DISPLAY_MARKDOWN: displayMarkdown,
    DISPLAY_METADATA: displayMetadata,
    DISPLAY_OBJECT: displayObject,
    DISPLAY_PROGRESS_INDETERMINATE: displayProgressIndeterminate,
    DISPLAY_PROGRESS_STEPS: displayProgressSteps,
    DISPLAY_PROGRESS_THROUGH_LIST: displayProgressList,
    DISPLAY_TABLE: displayTable,
    DISPLAY_VIDEO: displayVideo,
    INPUT_BOOLEAN: inputBoolean,
    INPUT_DATE: inputDate,
    INPUT_DATETIME: inputDatetime,
    INPUT_EMAIL: inputEmail,
    INPUT_NUMBER: inputNumber,
    INPUT_RICH_TEXT: inputRichText,
    INPUT_SLIDER: inputSlider,
    INPUT_SPREADSHEET: inputSpreadsheet,
    INPUT_TEXT: inputText,
    INPUT_TIME: inputTime,
    INPUT_URL: inputUrl,
    SEARCH: search,
    SELECT_MULTIPLE: selectMultiple,
    SELECT_SINGLE: selectSingle,
    SELECT_TABLE: selectTable,
    UPLOAD_FILE: uploadFile,
};
