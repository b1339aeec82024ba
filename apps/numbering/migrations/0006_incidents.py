from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("numbering", "0005_taking")]

    operations = [
        migrations.AlterField(
            model_name="numberseries",
            name="kind",
            field=models.CharField(
                choices=[
                    ("document", "文号"),
                    ("certificate", "证书编号"),
                    ("filing", "备案号"),
                    ("supplement", "补正通知编号"),
                    ("objection", "异议编号"),
                    ("application", "申报编号"),
                    ("incident", "举报线索编号"),
                ],
                default="document",
                max_length=20,
                verbose_name="种类",
            ),
        ),
    ]
