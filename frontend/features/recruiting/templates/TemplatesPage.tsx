"use client";

import { useSignedIn } from "@/features/account/Providers";
import { useRead } from "@/features/account/ServerAnswers";
import { dataOf } from "@/lib/errors";
import { plural } from "@/lib/format";
import { settingsTold } from "@/lib/questionSettings";
import { BackLink } from "@/ui/BackLink";
import { Button, ButtonLink } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Loaded } from "@/ui/Loaded";
import { Quoted } from "@/ui/Quoted";
import { useToast } from "@/ui/Toast";
import { useDialog } from "@/ui/useDialog";
import { EditTemplateWindow } from "./EditTemplateWindow";
import { parted, type Template, templatesRead } from "./reads";
import styles from "./TemplatesPage.module.css";

/** What interviews can begin with: one's own templates, and those for everybody. */
export function TemplatesPage() {
  const { supabase } = useSignedIn();
  const toast = useToast();
  const answer = useRead(templatesRead);
  const editing = useDialog("edit");
  const deleting = useDialog("delete");
  const withId = (id: string | null) => answer.data?.find((one) => one.id === id);
  const [edited, doomed] = [withId(editing.about), withId(deleting.about)];

  const remove = async (template: Template) => {
    await dataOf(supabase.from("interview_templates").delete().eq("id", template.id));
    await answer.mutate();
    toast("Template deleted.");
  };
  return (
    <div className="stack">
      <BackLink href="/recruiters">Recruiting</BackLink>
      <h1>Templates</h1>
      <Loaded answer={answer} of="the templates">
        {(templates) => {
          const { own, shipped } = parted(templates);
          return (
            <>
              <section className="stack" aria-labelledby="own">
                <h2 id="own">Your templates</h2>
                {own.length === 0 && (
                  <p className="soft">
                    None yet. To keep an interview as a template, open it and choose “Save as a
                    template”.
                  </p>
                )}
                <List templates={own}>
                  {(template) => (
                    <>
                      <Button
                        variant="secondary"
                        small
                        aria-label={`Rename ${template.name}`}
                        onClick={() => editing.open(template.id)}
                      >
                        Rename
                      </Button>
                      <Button
                        variant="quiet"
                        small
                        aria-label={`Delete ${template.name}`}
                        onClick={() => deleting.open(template.id)}
                      >
                        Delete
                      </Button>
                    </>
                  )}
                </List>
              </section>
              {shipped.length > 0 && (
                <section className="stack" aria-labelledby="shipped">
                  <h2 id="shipped">For common roles</h2>
                  <List templates={shipped} />
                </section>
              )}
            </>
          );
        }}
      </Loaded>
      {edited && (
        <EditTemplateWindow
          template={edited}
          onSaved={() => answer.mutate()}
          onClose={editing.close}
        />
      )}
      {doomed && (
        <ConfirmDialog
          title="Delete this template?"
          action="Delete"
          danger
          onClose={deleting.close}
          onConfirm={() => remove(doomed)}
        >
          <Quoted>{doomed.name}</Quoted> is deleted for good. Interviews that began with it stay as
          they are.
        </ConfirmDialog>
      )}
    </div>
  );
}

interface ListProps {
  templates: Template[];
  /** More than one can do with a template of others. */
  children?: (template: Template) => React.ReactNode;
}

function List({ templates, children }: ListProps) {
  if (templates.length === 0) return null;
  return (
    <ul className={styles.list}>
      {templates.map((template) => (
        <li key={template.id} className={`card ${styles.template}`}>
          <h3 dir="auto">{template.name}</h3>
          {template.description && (
            <p className="prewrap soft" dir="auto">
              {template.description}
            </p>
          )}
          <Content template={template} />
          <div className="row">
            <ButtonLink variant="secondary" small href={`/recruiters?new&template=${template.id}`}>
              Use <span className="unseen">{template.name}</span>
            </ButtonLink>
            {children?.(template)}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Content({ template: { name, questions, criteria } }: { template: Template }) {
  return (
    <details className={styles.content}>
      <summary>
        <span className="unseen">{name}: </span>
        {plural(questions.length, "question")}, {plural(criteria.length, "criterion", "criteria")}
      </summary>
      <ol className={styles.questions}>
        {questions.map(({ question, ...settings }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: it is never reordered
          <li key={at}>
            <span dir="auto">{question}</span>
            <br />
            <span className="soft small">{settingsTold(settings)}</span>
          </li>
        ))}
      </ol>
      {criteria.length > 0 && (
        <dl className={styles.criteria}>
          {criteria.map((criterion) => (
            <div key={criterion.name}>
              <dt dir="auto">{criterion.name}</dt>
              <dd className="soft small" dir="auto">
                {criterion.description}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </details>
  );
}
