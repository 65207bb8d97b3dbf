import django.core.validators
import django.db.models.deletion
import geumcheon.lib.migrations
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('councils', '0001_initial'),
        ('projects', '0001_initial'),
    ]

    operations = [
        geumcheon.lib.migrations.CreateTogether(
            models=[
                migrations.CreateModel(
                    name='BudgetGroup',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source', models.CharField(blank=True, help_text='문서에서 이 내용이 있는 곳. 예: Ⅴ-4 성과지표 · L901', max_length=200, verbose_name='출처')),
                        ('fiscal_year', models.PositiveSmallIntegerField(verbose_name='회계연도')),
                        ('name', models.CharField(max_length=60, verbose_name='편성목')),
                        ('order', models.PositiveSmallIntegerField(default=0, verbose_name='순서')),
                    ],
                    options={
                        'verbose_name': '편성목',
                        'verbose_name_plural': '편성목',
                        'ordering': ['fiscal_year', 'order'],
                        'constraints': [models.UniqueConstraint(fields=('fiscal_year', 'name'), name='budgetgroup_unique')],
                    },
                ),
                migrations.CreateModel(
                    name='BudgetItem',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source', models.CharField(blank=True, help_text='문서에서 이 내용이 있는 곳. 예: Ⅴ-4 성과지표 · L901', max_length=200, verbose_name='출처')),
                        ('fiscal_year', models.PositiveSmallIntegerField(verbose_name='회계연도')),
                        ('name', models.CharField(max_length=60, verbose_name='통계목')),
                        ('summary_name', models.CharField(help_text='재원 조달에 따른 구분표에서 묶이는 이름. 예: 인건비', max_length=60, verbose_name='재원표의 이름')),
                        ('nature', models.CharField(choices=[('경상', '경상'), ('자본', '자본')], max_length=4, verbose_name='성격')),
                        ('code', models.CharField(blank=True, help_text='공개된 출처가 있을 때만 적습니다.', max_length=20, verbose_name='과목 코드')),
                        ('order', models.PositiveSmallIntegerField(default=0, verbose_name='순서')),
                        ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='budgets.budgetgroup', verbose_name='편성목')),
                    ],
                    options={
                        'verbose_name': '통계목',
                        'verbose_name_plural': '통계목',
                        'ordering': ['fiscal_year', 'order'],
                        'constraints': [models.UniqueConstraint(fields=('fiscal_year', 'name'), name='budgetitem_unique'), models.CheckConstraint(condition=models.Q(('nature__in', ['경상', '자본'])), name='budgetitem_nature_valid', violation_error_message='정해진 값 가운데 하나여야 합니다.')],
                    },
                ),
                migrations.CreateModel(
                    name='BudgetItemAlias',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=60, verbose_name='다른 이름')),
                        ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='budgets.budgetitem', verbose_name='통계목')),
                    ],
                    options={
                        'verbose_name': '통계목의 다른 이름',
                        'verbose_name_plural': '통계목의 다른 이름',
                        'ordering': ['pk'],
                        'constraints': [models.UniqueConstraint(fields=('item', 'name'), name='budgetitemalias_unique')],
                    },
                ),
                migrations.CreateModel(
                    name='BudgetVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source', models.CharField(blank=True, help_text='문서에서 이 내용이 있는 곳. 예: Ⅴ-4 성과지표 · L901', max_length=200, verbose_name='출처')),
                        ('key', models.SlugField(max_length=60, verbose_name='이름표')),
                        ('title', models.CharField(max_length=120, verbose_name='제목')),
                        ('decided_on', models.DateField(blank=True, null=True, verbose_name='결정일')),
                        ('basis', models.CharField(choices=[('lines', '산출내역'), ('totals', '사업별 총액만')], max_length=8, verbose_name='바탕')),
                        ('is_current', models.BooleanField(default=False, verbose_name='지금 쓰는 판')),
                        ('meeting', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='budget_versions', to='councils.meeting', verbose_name='정한 회의')),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='projects.plan', verbose_name='계획')),
                    ],
                    options={
                        'verbose_name': '예산 판',
                        'verbose_name_plural': '예산 판',
                        'ordering': ['plan', 'decided_on', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('plan', 'key'), name='version_key_unique'), models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('plan',), name='version_one_current', violation_error_message='계획마다 지금 쓰는 판은 하나입니다.'), models.CheckConstraint(condition=models.Q(('basis__in', ['lines', 'totals'])), name='version_basis_valid', violation_error_message='정해진 값 가운데 하나여야 합니다.')],
                    },
                ),
                migrations.CreateModel(
                    name='BudgetRollup',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('dimension', models.CharField(choices=[('plan', '전체'), ('project', '사업'), ('body', '추진분과'), ('group', '구분'), ('budget_group', '편성목'), ('item', '통계목'), ('funding', '재원'), ('nature', '성격')], max_length=14, verbose_name='기준')),
                        ('key', models.CharField(help_text='사업은 번호, 그 밖에는 이름', max_length=200, verbose_name='이름')),
                        ('order', models.PositiveIntegerField(default=0, verbose_name='순서')),
                        ('city_krw', models.BigIntegerField(verbose_name='시비(원)')),
                        ('district_krw', models.BigIntegerField(verbose_name='구비(원)')),
                        ('total_krw', models.BigIntegerField(verbose_name='합계(원)')),
                        ('lines', models.PositiveIntegerField(verbose_name='줄 수')),
                        ('computed_at', models.DateTimeField(verbose_name='계산한 때')),
                        ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rollups', to='budgets.budgetversion', verbose_name='판')),
                    ],
                    options={
                        'verbose_name': '예산 집계',
                        'verbose_name_plural': '예산 집계',
                        'ordering': ['version', 'dimension', 'order', 'key'],
                        'constraints': [models.UniqueConstraint(fields=('version', 'dimension', 'key'), name='budgetrollup_unique'), models.CheckConstraint(condition=models.Q(('dimension__in', ['plan', 'project', 'body', 'group', 'budget_group', 'item', 'funding', 'nature'])), name='budgetrollup_dimension_valid', violation_error_message='정해진 값 가운데 하나여야 합니다.')],
                    },
                ),
                migrations.CreateModel(
                    name='BudgetLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source', models.CharField(blank=True, help_text='문서에서 이 내용이 있는 곳. 예: Ⅴ-4 성과지표 · L901', max_length=200, verbose_name='출처')),
                        ('order', models.PositiveSmallIntegerField(verbose_name='순서')),
                        ('heading', models.CharField(blank=True, max_length=120, verbose_name='묶음')),
                        ('description', models.CharField(max_length=200, verbose_name='내역')),
                        ('details', models.CharField(blank=True, max_length=300, verbose_name='세부')),
                        ('formula', models.CharField(blank=True, help_text='적는 그대로. 예: 70,000원×25명×4회, 3,200,000원×1명×6개월×투입율15%. 금액만 있으면 비웁니다.', max_length=300, verbose_name='산출식')),
                        ('amount_krw', models.PositiveBigIntegerField(validators=[django.core.validators.MaxValueValidator(1000000000000)], verbose_name='금액(원)')),
                        ('funding', models.CharField(choices=[('시비', '시비'), ('구비', '구비')], default='시비', max_length=4, verbose_name='재원')),
                        ('override_reason', models.CharField(blank=True, help_text='계산한 값과 다른 금액을 쓸 때만 적습니다. 기록에 남습니다.', max_length=200, verbose_name='금액이 다른 까닭')),
                        ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='budgets.budgetitem', verbose_name='통계목')),
                        ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='projects.project', verbose_name='사업')),
                        ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='budgets.budgetversion', verbose_name='판')),
                    ],
                    options={
                        'verbose_name': '예산 줄',
                        'verbose_name_plural': '예산 줄',
                        'ordering': ['version', 'project__number', 'order'],
                        'constraints': [models.UniqueConstraint(fields=('version', 'project', 'order'), name='budgetline_order_unique', violation_error_message='이 사업에 같은 순서의 줄이 있습니다.'), models.CheckConstraint(condition=models.Q(('funding__in', ['시비', '구비'])), name='budgetline_funding_valid', violation_error_message='정해진 값 가운데 하나여야 합니다.'), models.CheckConstraint(condition=models.Q(('amount_krw__gte', 0), ('amount_krw__lte', 1000000000000)), name='budgetline_amount_sane', violation_error_message='금액은 0원에서 1조 원 사이여야 합니다.')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalBudgetLine',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('source', models.CharField(blank=True, help_text='문서에서 이 내용이 있는 곳. 예: Ⅴ-4 성과지표 · L901', max_length=200, verbose_name='출처')),
                        ('order', models.PositiveSmallIntegerField(verbose_name='순서')),
                        ('heading', models.CharField(blank=True, max_length=120, verbose_name='묶음')),
                        ('description', models.CharField(max_length=200, verbose_name='내역')),
                        ('details', models.CharField(blank=True, max_length=300, verbose_name='세부')),
                        ('formula', models.CharField(blank=True, help_text='적는 그대로. 예: 70,000원×25명×4회, 3,200,000원×1명×6개월×투입율15%. 금액만 있으면 비웁니다.', max_length=300, verbose_name='산출식')),
                        ('amount_krw', models.PositiveBigIntegerField(validators=[django.core.validators.MaxValueValidator(1000000000000)], verbose_name='금액(원)')),
                        ('funding', models.CharField(choices=[('시비', '시비'), ('구비', '구비')], default='시비', max_length=4, verbose_name='재원')),
                        ('override_reason', models.CharField(blank=True, help_text='계산한 값과 다른 금액을 쓸 때만 적습니다. 기록에 남습니다.', max_length=200, verbose_name='금액이 다른 까닭')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.CharField(max_length=100, null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('item', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='budgets.budgetitem', verbose_name='통계목')),
                        ('project', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project', verbose_name='사업')),
                        ('version', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='budgets.budgetversion', verbose_name='판')),
                    ],
                    options={
                        'verbose_name': '변경 기록',
                        'verbose_name_plural': 'historical 예산 줄',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='HistoricalBudgetVersion',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('source', models.CharField(blank=True, help_text='문서에서 이 내용이 있는 곳. 예: Ⅴ-4 성과지표 · L901', max_length=200, verbose_name='출처')),
                        ('key', models.SlugField(max_length=60, verbose_name='이름표')),
                        ('title', models.CharField(max_length=120, verbose_name='제목')),
                        ('decided_on', models.DateField(blank=True, null=True, verbose_name='결정일')),
                        ('basis', models.CharField(choices=[('lines', '산출내역'), ('totals', '사업별 총액만')], max_length=8, verbose_name='바탕')),
                        ('is_current', models.BooleanField(default=False, verbose_name='지금 쓰는 판')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.CharField(max_length=100, null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('meeting', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='councils.meeting', verbose_name='정한 회의')),
                        ('plan', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.plan', verbose_name='계획')),
                    ],
                    options={
                        'verbose_name': '변경 기록',
                        'verbose_name_plural': 'historical 예산 판',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='LinePrinting',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source', models.CharField(blank=True, help_text='문서에서 이 내용이 있는 곳. 예: Ⅴ-4 성과지표 · L901', max_length=200, verbose_name='출처')),
                        ('heading', models.CharField(blank=True, max_length=120, verbose_name='묶음')),
                        ('description', models.CharField(max_length=200, verbose_name='내역')),
                        ('formula', models.CharField(blank=True, max_length=300, verbose_name='산출식')),
                        ('amount_krw', models.PositiveBigIntegerField(verbose_name='금액(원)')),
                        ('printed', models.CharField(max_length=300, verbose_name='인쇄된 그대로')),
                        ('line', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='printing', to='budgets.budgetline', verbose_name='예산 줄')),
                    ],
                    options={
                        'verbose_name': '두 번째 인쇄',
                        'verbose_name_plural': '두 번째 인쇄',
                        'ordering': ['line__project__number', 'line__order'],
                    },
                ),
                migrations.CreateModel(
                    name='StatedFigure',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source', models.CharField(blank=True, help_text='문서에서 이 내용이 있는 곳. 예: Ⅴ-4 성과지표 · L901', max_length=200, verbose_name='출처')),
                        ('key', models.SlugField(allow_unicode=True, max_length=100, verbose_name='이름표')),
                        ('order', models.PositiveSmallIntegerField(verbose_name='순서')),
                        ('label', models.CharField(max_length=200, verbose_name='이름')),
                        ('where', models.CharField(max_length=200, verbose_name='자리')),
                        ('unit', models.CharField(max_length=10, verbose_name='단위')),
                        ('stated', models.DecimalField(decimal_places=2, max_digits=16, verbose_name='적힌 수')),
                        ('decimals', models.PositiveSmallIntegerField(default=0, verbose_name='비교 자릿수')),
                        ('measure', models.CharField(choices=[('lines_sum', '예산 줄의 합'), ('lines_share', '예산 줄의 비율'), ('version_total', '판의 총액'), ('version_project', '판의 사업 금액'), ('version_count', '판의 사업 수'), ('project_count', '사업 수'), ('meeting_count', '회의 수'), ('meeting_attendance', '회의 참석 인원'), ('seats', '자리 수'), ('sum_of', '다른 수의 합'), ('none', '계산할 행이 없음')], max_length=20, verbose_name='계산')),
                        ('filters', models.JSONField(blank=True, default=dict, verbose_name='조건')),
                        ('note', models.TextField(blank=True, verbose_name='비고')),
                        ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stated_figures', to='projects.plan', verbose_name='계획')),
                    ],
                    options={
                        'verbose_name': '적힌 수',
                        'verbose_name_plural': '적힌 수',
                        'ordering': ['plan', 'order'],
                        'constraints': [models.UniqueConstraint(fields=('plan', 'key'), name='statedfigure_unique'), models.CheckConstraint(condition=models.Q(('measure__in', ['lines_sum', 'lines_share', 'version_total', 'version_project', 'version_count', 'project_count', 'meeting_count', 'meeting_attendance', 'seats', 'sum_of', 'none'])), name='statedfigure_measure_valid', violation_error_message='정해진 값 가운데 하나여야 합니다.')],
                    },
                ),
                migrations.CreateModel(
                    name='VersionProject',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('source', models.CharField(blank=True, help_text='문서에서 이 내용이 있는 곳. 예: Ⅴ-4 성과지표 · L901', max_length=200, verbose_name='출처')),
                        ('number', models.PositiveSmallIntegerField(verbose_name='번호')),
                        ('name', models.CharField(max_length=120, verbose_name='사업명')),
                        ('amount_krw', models.PositiveBigIntegerField(verbose_name='예산액(원)')),
                        ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='version_totals', to='projects.project', verbose_name='최종 사업')),
                        ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='totals', to='budgets.budgetversion', verbose_name='판')),
                    ],
                    options={
                        'verbose_name': '판의 사업별 총액',
                        'verbose_name_plural': '판의 사업별 총액',
                        'ordering': ['number'],
                        'constraints': [models.UniqueConstraint(fields=('version', 'number'), name='versionproject_unique')],
                    },
                ),
            ],
        ),
    ]
