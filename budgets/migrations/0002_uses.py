import django.db.models.deletion
import geumcheon.lib.migrations
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('budgets', '0001_initial'),
        ('councils', '0002_council_life'),
        ('projects', '0002_evidence'),
    ]

    operations = [
        geumcheon.lib.migrations.CreateTogether(
            models=[
                migrations.CreateModel(
                    name='ActivityPayment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('on', models.DateField(verbose_name='날짜')),
                        ('description', models.CharField(max_length=120, verbose_name='무엇에')),
                        ('formula', models.CharField(max_length=200, verbose_name='산출식')),
                        ('amount_krw', models.PositiveBigIntegerField(editable=False, verbose_name='금액(원)')),
                        ('paid_on', models.DateField(blank=True, null=True, verbose_name='지급일')),
                        ('line', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='activity_payments', to='budgets.budgetline', verbose_name='예산 줄')),
                        ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='projects.inspectionteam', verbose_name='점검단')),
                    ],
                    options={
                        'verbose_name': '활동비',
                        'verbose_name_plural': '활동비',
                        'ordering': ['-on', '-pk'],
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalActivityPayment',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('on', models.DateField(verbose_name='날짜')),
                        ('description', models.CharField(max_length=120, verbose_name='무엇에')),
                        ('formula', models.CharField(max_length=200, verbose_name='산출식')),
                        ('amount_krw', models.PositiveBigIntegerField(editable=False, verbose_name='금액(원)')),
                        ('paid_on', models.DateField(blank=True, null=True, verbose_name='지급일')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.CharField(max_length=100, null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('line', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='budgets.budgetline', verbose_name='예산 줄')),
                        ('team', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.inspectionteam', verbose_name='점검단')),
                    ],
                    options={
                        'verbose_name': '변경 기록',
                        'verbose_name_plural': 'historical 활동비',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='HistoricalExpensePayment',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('on', models.DateField(verbose_name='날짜')),
                        ('description', models.CharField(max_length=120, verbose_name='무엇에')),
                        ('formula', models.CharField(max_length=200, verbose_name='산출식')),
                        ('amount_krw', models.PositiveBigIntegerField(editable=False, verbose_name='금액(원)')),
                        ('paid_on', models.DateField(blank=True, null=True, verbose_name='지급일')),
                        ('paid_to', models.CharField(help_text='이름 대신 누구인지와 인원. 예: 참여 주민 5명', max_length=60, verbose_name='누구에게')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.CharField(max_length=100, null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('line', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='budgets.budgetline', verbose_name='예산 줄')),
                        ('meeting', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='councils.meeting', verbose_name='회의')),
                        ('team', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.inspectionteam', verbose_name='점검단')),
                    ],
                    options={
                        'verbose_name': '변경 기록',
                        'verbose_name_plural': 'historical 실비',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='ExpensePayment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('on', models.DateField(verbose_name='날짜')),
                        ('description', models.CharField(max_length=120, verbose_name='무엇에')),
                        ('formula', models.CharField(max_length=200, verbose_name='산출식')),
                        ('amount_krw', models.PositiveBigIntegerField(editable=False, verbose_name='금액(원)')),
                        ('paid_on', models.DateField(blank=True, null=True, verbose_name='지급일')),
                        ('paid_to', models.CharField(help_text='이름 대신 누구인지와 인원. 예: 참여 주민 5명', max_length=60, verbose_name='누구에게')),
                        ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='expense_payments', to='budgets.budgetline', verbose_name='예산 줄')),
                        ('meeting', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='expenses', to='councils.meeting', verbose_name='회의')),
                        ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='expenses', to='projects.inspectionteam', verbose_name='점검단')),
                    ],
                    options={
                        'verbose_name': '실비',
                        'verbose_name_plural': '실비',
                        'ordering': ['-on', '-pk'],
                        'abstract': False,
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('meeting__isnull', False), ('team__isnull', True)), models.Q(('meeting__isnull', True), ('team__isnull', False)), _connector='OR'), name='expensepayment_one_target', violation_error_message='회의와 점검단 가운데 하나만 고릅니다.')],
                    },
                ),
                migrations.CreateModel(
                    name='RateLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rate_lines', to='budgets.budgetline', verbose_name='예산 줄')),
                        ('rate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rate_lines', to='councils.allowancerate', verbose_name='수당 단가')),
                    ],
                    options={
                        'verbose_name': '단가의 예산 줄',
                        'verbose_name_plural': '단가의 예산 줄',
                        'ordering': ['line__project__number', 'line__order'],
                        'constraints': [models.UniqueConstraint(fields=('rate', 'line'), name='rateline_unique', violation_error_message='이미 이은 예산 줄입니다.')],
                    },
                ),
            ],
        ),
    ]
