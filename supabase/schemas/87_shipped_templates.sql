-- The templates that are shipped: each is inserted once. What a DBA changes or deletes afterwards
-- stays so when this file is applied again.

create table if not exists private.shipped (
  name text primary key
);
comment on table private.shipped is
  'The templates that were inserted when the schema was applied, by the names they had then. Not '
  'inserted again, whatever became of them.';

create or replace function private.ship_template(
  name text, description text, seconds integer[], questions text[], criteria text[]
)
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  insert into private.shipped (name) values (ship_template.name) on conflict do nothing;
  if not found then
    return;
  end if;
  insert into public.interview_templates (owner_id, name, description, questions, criteria)
    values (
      null, ship_template.name, ship_template.description,
      (select jsonb_agg(
         jsonb_build_object('question', q.question, 'max_seconds', seconds[q.place], 'max_takes', 3,
                            'preparation_seconds', 30, 'required', true) order by q.place)
       from unnest(questions) with ordinality as q (question, place)),
      (select jsonb_agg(
         jsonb_build_object('name', criteria[c][1], 'description', criteria[c][2],
                            'levels', array(select unnest(criteria[c:c][3:6])),
                            'terms', '[]'::jsonb) order by c)
       from generate_series(1, array_length(criteria, 1)) as c));
end
$$;
comment on function private.ship_template(text, text, integer[], text[], text[]) is
  'Inserts a template for everybody, unless it was inserted before. A criterion is a name, a '
  'description and four levels.';

do $$
begin
  perform private.ship_template('Software developer',
    'For developers who build and run a product with others, whatever the language.',
    array[120, 180, 180, 180, 120, 120], array[
    'Which piece of software that you have worked on are you proud of, and what was your part in '
    'it?',
    'Describe a bug that took you long to find. How did you narrow it down, and what did you '
    'change so that it would not happen again?',
    'A page of a web application has become slow as its data grew. How do you find out why, and '
    'what do you try first?',
    'Tell us about a technical decision that you would make differently today. What have you '
    'learned since?',
    'A colleague''s change works, but you find it hard to understand. What do you write in the '
    'review?',
    'How do you decide what to test, and what not?'],
    array[
    ['Solving problems', 'Goes from symptoms to causes, and checks ideas before acting on them.',
     'Guesses, or names tools only', 'Follows a plan in parts', 'Narrows down causes step by step',
     'Narrows down causes, weighs fixes and prevents the next case'],
    ['Judgement', 'Weighs effort, risk and benefit, and says what speaks against a choice.',
     'Gives no reasons', 'Gives reasons for one side only', 'Weighs alternatives with reasons',
     'Weighs alternatives, says what would change their mind'],
    ['Working with others', 'Makes it easy for others to understand, and takes criticism well.',
     'Speaks of their own work only', 'Mentions others, without how they worked together',
     'Shows how they explain and listen', 'Shows how others got better by working with them']]);

  perform private.ship_template('Data analyst',
    'For analysts who answer questions of the business with data.',
    array[120, 180, 180, 120, 120, 120], array[
    'Which analysis of yours has changed what somebody did? What was the question, and what did '
    'you find?',
    'Sales fell by 10% last week. Which data do you look at, in which order, and what would each '
    'step tell you?',
    'Tell us about data that turned out to be wrong or incomplete. How did you notice, and what '
    'did you do?',
    'Explain the difference between correlation and cause to a manager, with an example from your '
    'work.',
    'Two departments count the same figure differently. How do you go about it?',
    'How do you make sure that a colleague can repeat your analysis in a year?'],
    array[
    ['Asking the right question', 'Clarifies what a figure is needed for before computing it.',
     'Starts to compute at once', 'Asks some questions', 'Clarifies purpose and definitions',
     'Clarifies them, and offers a better question where there is one'],
    ['Care with data', 'Checks where data comes from, and what is missing.',
     'Takes data as given', 'Checks when something looks odd', 'Checks as a habit, and says how',
     'Checks, says what the limits are, and what they mean for the result'],
    ['Explaining', 'Puts findings so that people outside the field can act on them.',
     'Technical terms only', 'Understandable in parts', 'Clear, with an example',
     'Clear, with an example and what to do next']]);

  perform private.ship_template('Product manager',
    'For people who decide with a team what is built next.',
    array[120, 180, 180, 120, 180, 120], array[
    'Which product decision of yours are you most content with? How did you know that it was '
    'right?',
    'You have ten requests and room for three. How do you choose, and how do you tell the others?',
    'Tell us about something that you launched and that people did not use. What did you learn?',
    'How do you learn what users need, as opposed to what they ask for?',
    'An important customer wants a feature that does not fit the product. Sales have promised it. '
    'What do you do?',
    'Which figure would you watch in the first month after a launch, and why that one?'],
    array[
    ['Setting priorities', 'Chooses by benefit and effort, and can say no.',
     'By who asks loudest', 'With a method, without reasons', 'With reasons that others can follow',
     'With reasons, evidence, and a way to find out whether it was right'],
    ['Knowing users', 'Bases decisions on what users do and need.',
     'Assumes', 'Relies on single voices', 'Uses research or data of their own',
     'Combines research and data, and names what surprised them'],
    ['Leading without authority', 'Brings people together who want different things.',
     'Avoids conflicts or decides alone', 'Informs others', 'Listens and finds a common line',
     'Finds a common line, and keeps it when there is pressure']]);

  perform private.ship_template('UX designer',
    'For designers of apps and websites. Ask for a portfolio separately.',
    array[180, 180, 120, 120, 120], array[
    'Walk us through a project from the first question to the result. Which step changed your '
    'design most?',
    'Tell us about a test with users that proved you wrong. What did you change?',
    'A form loses half of its visitors. How do you find out where and why?',
    'What do you do so that people with impaired sight, or without a mouse, can use what you '
    'design?',
    'Developers tell you that your design takes too long to build. How do you go on?'],
    array[
    ['Process', 'Comes from a question to a solution, with steps that fit the case.',
     'Shows results only', 'Names steps without their purpose', 'Explains why each step was taken',
     'Explains it, and what they left out and why'],
    ['Evidence', 'Tests ideas with users, and changes them.',
     'Goes by taste', 'Asks colleagues', 'Tests with users', 'Tests early and often, and changes '
     'course because of it'],
    ['Accessibility', 'Designs for people with different abilities.',
     'Not considered', 'Knows the term', 'Gives measures they took',
     'Gives measures, and has tested them with those concerned or with their tools']]);

  perform private.ship_template('Project manager',
    'For people who bring projects with several parties to their goal.',
    array[120, 180, 180, 120, 120, 120], array[
    'Describe the most demanding project that you have led: goal, team, budget, and what came of '
    'it.',
    'A milestone will be missed by three weeks. Whom do you tell, when, and what do you bring '
    'along?',
    'Tell us about a risk that you saw early. What did you do about it?',
    'How do you notice that a task that is reported as "90% done" is in trouble?',
    'Two teams need the same expert in the same week. How do you settle it?',
    'What do you do in the last week of a project?'],
    array[
    ['Planning', 'Breaks goals into steps with owners and dates, and allows for risks.',
     'No plan to be seen', 'A plan without risks', 'A plan with risks and buffers',
     'A plan that is adapted on purpose as facts change'],
    ['Communication', 'Tells the right people early, bad news included.',
     'Late or not at all', 'On request', 'Early and to the point', 'Early, with options and a '
     'recommendation'],
    ['Resolving conflicts', 'Finds solutions that the parties keep to.',
     'Avoids or escalates at once', 'Mediates without a result', 'Reaches an agreement',
     'Reaches an agreement, and removes the cause']]);

  perform private.ship_template('Sales representative',
    'For people who win and keep business customers.',
    array[90, 120, 180, 120, 120, 90], array[
    'Introduce a product that you have sold as if we were a customer who has never heard of it.',
    'How do you prepare for a first conversation with a new customer?',
    'Tell us about a deal that you won although it looked lost. What turned it?',
    'A customer says: "You are 20% more expensive than the others." What do you answer?',
    'Which customer have you turned down or lost, and what did you learn from it?',
    'How do you plan a week, and how do you know on Friday that it was a good one?'],
    array[
    ['Understanding the customer', 'Finds out what the customer needs before offering something.',
     'Presents the product at once', 'Asks a few general questions',
     'Asks about needs and decisions',
     'Uncovers needs that the customer had not named'],
    ['Arguing', 'Meets objections with benefit, calmly and honestly.',
     'Gives in or presses', 'Repeats features', 'Explains the benefit for this customer',
     'Explains it with evidence, and agrees on a next step'],
    ['Persistence', 'Keeps at it with a plan, and learns from losses.',
     'Gives up early', 'Keeps at it without a plan', 'Follows up with a plan',
     'Follows up with a plan, and changes it by what they learn']]);

  perform private.ship_template('Customer support agent',
    'For people who help customers by phone, chat or email.',
    array[90, 120, 120, 120, 120], array[
    'What makes you feel after a conversation that you have really helped?',
    'A customer is angry: a delivery has been late for the third time. Speak to them as you would '
    'on the phone.',
    'Explain to somebody with little technical knowledge how to reset their password.',
    'A customer asks for something that the rules do not allow, and you find the rules unfair '
    'here. What do you do?',
    'Ten requests wait at the same time. How do you decide which comes first?'],
    array[
    ['Empathy', 'Takes people seriously, and stays calm and friendly.',
     'Defends or blames', 'Polite, by the book', 'Names the customer''s trouble and cares',
     'Calms the customer, and regains their trust'],
    ['Clear language', 'Explains step by step, without jargon.',
     'Hard to follow', 'Can be followed with effort', 'Clear steps', 'Clear steps, and checks that '
     'they were understood'],
    ['Solving the problem', 'Finds a solution within the rules, or gets help in time.',
     'Passes it on at once', 'Solves standard cases', 'Finds a solution and says what happens next',
     'Solves it, and sees to it that others do not have it']]);

  perform private.ship_template('Marketing manager',
    'For people who plan campaigns and answer for their results.',
    array[120, 180, 120, 180, 120, 120], array[
    'Which campaign of yours worked best? How do you know that it was the campaign?',
    'You get 20,000 for the launch of a product that nobody knows. How do you spend it in the '
    'first three months?',
    'Describe the people you have marketed to last. What did you know about them, and from where?',
    'Tell us about a campaign that failed. When did you notice, and what did you do?',
    'How do you work with sales so that both speak of the same customers?',
    'Which brand do you find well done at the moment, and what would you change about it?'],
    array[
    ['Knowing the audience', 'Starts from whom it is for, and what moves them.',
     'Everybody', 'A rough group', 'A described group, with a source',
     'A described group, with a source and what follows for the campaign'],
    ['Measuring', 'Knows which figures tell success, and where they mislead.',
     'No figures', 'Clicks and views only', 'Figures that fit the goal',
     'Figures that fit the goal, with their limits'],
    ['Ideas', 'Has ideas that fit the budget and the brand.',
     'General remarks', 'Usual measures', 'Own ideas with reasons', 'Own ideas, with a small test '
     'before the large spending']]);

  perform private.ship_template('Accountant',
    'For accounting in companies, from booking to closing.',
    array[120, 180, 120, 120, 120], array[
    'What have you been responsible for, from single bookings to the annual accounts?',
    'Tell us about an error that you found in the books. How did you find it, and how was it put '
    'right?',
    'How do you make sure that the monthly closing is on time and right?',
    'A manager asks you to book an invoice into the next period, so that this one looks better. '
    'What do you say?',
    'Which step of your work have you made simpler or automatic, and what did it save?'],
    array[
    ['Knowledge', 'Knows the rules and applies them to cases.',
     'Gaps in the basics', 'Basics', 'Sure in usual cases',
     'Sure in hard cases too, and knows where to look things up'],
    ['Accuracy', 'Works with checks, and finds deviations.',
     'No checks', 'Checks at random', 'Fixed checks', 'Fixed checks, improved after each error'],
    ['Integrity', 'Stands by the rules when there is pressure.',
     'Gives in', 'Avoids the question', 'Refuses with reasons',
     'Refuses with reasons, and offers a way within the rules']]);

  perform private.ship_template('HR generalist',
    'For people who look after staff, from hiring to leaving.',
    array[120, 180, 120, 180, 120], array[
    'Which part of HR work do you do best, and what is an example of it?',
    'A team has lost four of ten people within half a year. How do you find out why, and what do '
    'you propose?',
    'How do you see to it that people are hired for what they can do, and not for being like us?',
    'An employee complains about their manager and asks you to keep it to yourself. How do you '
    'proceed?',
    'How do you explain a decision of the management that you would have made differently?'],
    array[
    ['Judgement', 'Weighs the interests of people and company, within the law.',
     'One side only', 'Sees both, decides for neither', 'Weighs both and decides',
     'Weighs both, decides, and explains it to those concerned'],
    ['Trust', 'Handles what is confidential so that people dare to speak.',
     'Passes it on', 'Promises too much', 'Says what can stay confidential and what cannot',
     'Says it early, and protects those who speak'],
    ['Fairness', 'Uses methods that give everybody the same chance.',
     'By feeling', 'Knows of bias', 'Uses structured methods',
     'Uses structured methods, and checks their results']]);

  perform private.ship_template('Nurse',
    'For nursing in hospitals and care homes. Check licences separately.',
    array[90, 120, 120, 180, 120, 90], array[
    'Why did you choose nursing, and what keeps you in it?',
    'A patient refuses their medication. What do you do?',
    'How do you hand over to the next shift so that nothing is lost?',
    'Describe a situation in which a patient''s condition changed suddenly. What did you notice, '
    'and what did you do first?',
    'Relatives reproach you loudly in the corridor. How do you react?',
    'How do you look after yourself after a hard shift?'],
    array[
    ['Patient safety', 'Notices changes, follows standards and calls for help in time.',
     'Misses what matters', 'Names single steps', 'Right steps in the right order',
     'Right steps, with reasons and documentation'],
    ['Care for people', 'Treats patients and relatives with respect, in hard moments too.',
     'Speaks about them as tasks', 'Friendly', 'Sees needs and responds to them',
     'Sees needs, and keeps people''s dignity and choice'],
    ['Teamwork', 'Hands over completely, speaks up, and supports colleagues.',
     'Works alone', 'Hands over when asked', 'Hands over in a structure',
     'Hands over in a structure, and speaks up about risks']]);

  perform private.ship_template('Shop assistant',
    'For work with customers in shops, also for people without experience.',
    array[60, 90, 90, 90, 60], array[
    'What do you like about working in a shop, or what do you expect of it?',
    'A customer cannot find the right size and is in a hurry. What do you say and do?',
    'Tell us about a time when you worked under pressure. How did you keep calm?',
    'You see a colleague put something into their bag without paying. What do you do?',
    'On which days and at which times can you work?'],
    array[
    ['Friendliness', 'Approaches people openly, and helps them.',
     'Waits to be asked', 'Polite', 'Approaches customers and helps',
     'Helps, and makes people want to come back'],
    ['Reliability', 'Can be relied on: punctual, honest, keeps at it.',
     'No examples', 'General statements', 'An example', 'Examples, also of difficult moments'],
    ['Staying calm', 'Keeps an overview when a lot happens at once.',
     'Overwhelmed', 'Holds out', 'Does one thing after the other', 'Does what matters first, and '
     'helps others']]);
end
$$;
